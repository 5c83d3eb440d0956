package org.planloop.deploy.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.checkpoint.RunStore;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.objectstore.BackgroundCopier;
import org.planloop.deploy.report.Build;
import org.planloop.deploy.report.RunFolder;
import org.planloop.storage.AtomicFile;

/**
 * What a campaign of the cluster has done so far: kept for whoever follows it, and written to its
 * run folder on a thread of its own. Safe for use by several threads.
 */
final class CampaignRecord implements CampaignObserver {
  /** Rows of one page: well below a frame. */
  private static final int ROWS_A_PAGE = 20;

  private static final int DECISIONS_A_PAGE = 100;
  private static final int WARNINGS_KEPT = 100;

  /** The result as followers get it; beside {@code summary.json}, and written before it. */
  private static final String RESULT = "result.json";

  private static final int NODES_KEPT = 2000;

  /** Where a campaign stands. */
  enum Phase {
    /** Its parts are made. */
    OPENING,
    /** One or more replay shards do not answer. */
    WAITING_FOR_REPLAY,
    RUNNING,
    /** It failed and is about to go on from its last checkpoint. */
    RETRYING,
    FINISHED,
    FAILED,
    CANCELLED;

    boolean over() {
      return this == FINISHED || this == FAILED || this == CANCELLED;
    }
  }

  private final Experiment experiment;
  private final Path path;
  private final @Nullable RunFolder folder;
  private final Executor writing;
  private final LongSupplier nanoTime;
  private final Consumer<ProgressRow> onRow;
  private final List<String> rows = new ArrayList<>();
  private final List<String> decisions = new ArrayList<>();
  private final Deque<String> warnings = new ArrayDeque<>();
  private long warned;
  private Phase phase = Phase.OPENING;
  private String reason = "";
  private String summary = "";
  private final Map<String, Integer> held = new TreeMap<>();
  private int iteration;
  private long envSteps;
  private long lastProgress;
  private @Nullable ProgressRow bestRow;
  private int published = -1;
  private @Nullable ProgressRow lastRow;
  private @Nullable BackgroundCopier copier;

  /**
   * @param folder the run's, open
   * @param writing runs file access, one task at a time and in order
   * @param onRow hears of every row that becomes final
   */
  CampaignRecord(
      Experiment experiment,
      RunFolder folder,
      Executor writing,
      LongSupplier nanoTime,
      Consumer<ProgressRow> onRow) {
    this(experiment, folder.path(), folder, writing, nanoTime, onRow);
  }

  private CampaignRecord(
      Experiment experiment,
      Path path,
      @Nullable RunFolder folder,
      Executor writing,
      LongSupplier nanoTime,
      Consumer<ProgressRow> onRow) {
    this.path = path;
    this.experiment = experiment;
    this.folder = folder;
    this.writing = writing;
    this.nanoTime = nanoTime;
    this.onRow = onRow;
    this.lastProgress = nanoTime.getAsLong();
  }

  Experiment experiment() {
    return experiment;
  }

  /** Its run folder. */
  Path path() {
    return path;
  }

  /**
   * What is left of a campaign that has finished: for those who were cut off when it did.
   *
   * @param path of its run folder, which nobody writes any more
   */
  static CampaignRecord finished(Experiment experiment, Path path) throws IOException {
    CampaignRecord record =
        new CampaignRecord(experiment, path, null, Runnable::run, System::nanoTime, row -> {});
    new RunStore(path.resolve("iterations"))
        .latest()
        .ifPresent(
            last -> {
              last.state().rows().forEach(record::add);
              last.state()
                  .safety()
                  .audit()
                  .forEach(entry -> record.decisions.add(Texts.write(entry)));
            });
    record.summary = Files.readString(path.resolve(RESULT));
    record.phase = Phase.FINISHED;
    return record;
  }

  /** Its checkpoints are copied from now on; the copier is closed with the record. */
  void copiedBy(BackgroundCopier itsCopier) {
    synchronized (this) {
      copier = itsCopier;
    }
    itsCopier.changed();
  }

  private synchronized Optional<BackgroundCopier> copier() {
    return Optional.ofNullable(copier);
  }

  private RunFolder folder() {
    return Objects.requireNonNull(folder, "the campaign has finished");
  }

  /** Goes on from what earlier attempts made final. */
  void begin(List<ProgressRow> earlier, List<AuditEntry> decided) {
    synchronized (this) {
      rows.clear();
      bestRow = null;
      decisions.clear();
      earlier.forEach(this::add);
      decided.forEach(entry -> decisions.add(Texts.write(entry)));
      progressed();
    }
    write(() -> folder().begin(earlier, decided));
  }

  private void add(ProgressRow row) {
    rows.add(Texts.write(row));
    lastRow = row;
    iteration = row.iteration();
    envSteps = row.envSteps();
    if (row.bestReturnMean().isPresent()
        && (bestRow == null || !bestRow.bestReturnMean().equals(row.bestReturnMean()))) {
      bestRow = row;
    }
  }

  /** Of the row that first had the best return so far. */
  private Optional<Double> ofBest(Function<ProgressRow, OptionalDouble> column) {
    return Optional.ofNullable(bestRow)
        .map(column)
        .filter(OptionalDouble::isPresent)
        .map(OptionalDouble::getAsDouble);
  }

  private void progressed() {
    lastProgress = nanoTime.getAsLong();
  }

  private void write(Runnable task) {
    writing.execute(
        () -> {
          try {
            task.run();
          } catch (UncheckedIOException e) {
            // The checkpoint has it all: the text files are rewritten when the campaign goes on.
            warning(String.valueOf(e.getMessage()));
          }
        });
  }

  synchronized void phase(Phase next, String why) {
    phase = next;
    reason = why;
    progressed();
  }

  synchronized Phase phase() {
    return phase;
  }

  synchronized String reason() {
    return reason;
  }

  synchronized int finalRows() {
    return rows.size();
  }

  @Override
  public synchronized void flown(int number, long steps) {
    iteration = number;
    envSteps = steps;
    progressed();
  }

  @Override
  public synchronized void published(int version) {
    published = version;
  }

  @Override
  public synchronized void held(String node, int newest) {
    held.put(node, newest);
    if (held.size() > NODES_KEPT) {
      held.remove(held.keySet().iterator().next());
    }
  }

  @Override
  public void row(ProgressRow row) {
    synchronized (this) {
      add(row);
      progressed();
    }
    write(() -> folder().append(row));
    onRow.accept(row);
    copier().ifPresent(BackgroundCopier::changed);
  }

  @Override
  public void decided(AuditEntry entry) {
    synchronized (this) {
      decisions.add(Texts.write(entry));
      progressed();
    }
    write(() -> folder().append(entry));
  }

  @Override
  public synchronized void warning(String message) {
    warnings.addLast(message);
    warned++;
    if (warnings.size() > WARNINGS_KEPT) {
      warnings.removeFirst();
    }
  }

  /** The campaign is done: writes report and summary, then says so. */
  void finish(Summary result, Build build, Runnable then) {
    writing.execute(
        () -> {
          try {
            String text = Texts.write(result);
            AtomicFile.write(path.resolve(RESULT), text.getBytes(StandardCharsets.UTF_8));
            folder().finish(experiment, result, build);
            copier().ifPresent(BackgroundCopier::changed);
            synchronized (this) {
              summary = text;
              phase(Phase.FINISHED, "");
            }
          } catch (IOException | UncheckedIOException e) {
            phase(Phase.FAILED, String.valueOf(e.getMessage()));
          }
          then.run();
        });
  }

  /**
   * The campaign gets no further: its followers are told, and the report goes to {@code hangs/} in
   * the run folder.
   */
  void stuck(String cause, String report, Instant when) {
    if (!cause.isEmpty()) {
      warning("no progress for " + Math.round(silentSeconds()) + " s; " + cause);
    }
    if (!report.isEmpty()) {
      write(
          () -> {
            try {
              Path hangs = Files.createDirectories(path.resolve("hangs"));
              String name = when.toString().replaceAll("[^0-9TZ]", "") + ".txt";
              AtomicFile.write(hangs.resolve(name), report.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  /** Lets the folder go, once all of it is written. */
  void close() {
    copier().ifPresent(BackgroundCopier::close);
    write(
        () -> {
          try {
            if (folder != null) {
              folder.close();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  synchronized double silentSeconds() {
    return (nanoTime.getAsLong() - lastProgress) * 1e-9;
  }

  /**
   * What is measured of a campaign.
   *
   * @param published the newest policy on its way to the workers, -1 for none
   * @param bestReturn NaN before there is one
   */
  record Figures(
      int iteration,
      long envSteps,
      double silentSeconds,
      int published,
      double bestReturn,
      Optional<ProgressRow> last) {}

  synchronized Figures figures() {
    return new Figures(
        Math.min(iteration, experiment.campaign().iterations()),
        envSteps,
        silentSeconds(),
        published,
        ofBest(ProgressRow::bestReturnMean).orElse(Double.NaN),
        Optional.ofNullable(lastRow));
  }

  /** What a follower does not have yet. */
  synchronized Campaigning.Page page(String campaign, Campaigning.GetPage asked) {
    List<String> newWarnings = new ArrayList<>(warnings);
    long firstKept = warned - warnings.size();
    int skip = (int) Math.max(0, Math.min(warnings.size(), asked.warnings() - firstKept));
    return new Campaigning.Page(
        campaign,
        phase.name(),
        reason,
        experiment.campaign().iterations(),
        iteration,
        envSteps,
        rows.size(),
        part(rows, asked.rows(), ROWS_A_PAGE),
        part(decisions, asked.decisions(), DECISIONS_A_PAGE),
        newWarnings.subList(skip, newWarnings.size()),
        warned,
        summary);
  }

  private static List<String> part(List<String> all, int from, int most) {
    int start = Math.max(0, Math.min(all.size(), from));
    // A copy: the message is written on another thread while the campaign goes on.
    return List.copyOf(all.subList(start, Math.min(all.size(), start + most)));
  }

  /** One line of a status. */
  synchronized Campaigning.Standing standing(String campaign, int waiting, int flying) {
    return new Campaigning.Standing(
        campaign,
        experiment.name(),
        phase.name(),
        reason,
        Math.min(iteration, experiment.campaign().iterations()),
        experiment.campaign().iterations(),
        envSteps,
        ofBest(ProgressRow::bestReturnMean),
        ofBest(ProgressRow::returnCi95),
        waiting,
        flying,
        silentSeconds(),
        List.copyOf(held.keySet()),
        List.copyOf(held.values()),
        copier().map(BackgroundCopier::standing).orElse(""));
  }
}
