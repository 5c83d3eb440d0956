package org.planloop.deploy.report;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.replay.ReplaySettings;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.FileLocks;

/**
 * The folder of one run, held by one process at a time: created exclusively, and locked for as long
 * as this is open. Its text files are projections of the campaign's rows: {@link #begin} rewrites
 * them, {@link #append} adds to them.
 */
public final class RunFolder implements Closeable {
  /** The resolved configuration. */
  public static final String CONFIG = "config.conf";

  /** One row an iteration. */
  public static final String PROGRESS = "progress.csv";

  /** One JSON object an iteration. */
  public static final String METRICS = "metrics.jsonl";

  /** One JSON object a decision about a policy: accepted, refused, published, selected. */
  public static final String AUDIT = "audit.jsonl";

  /** Written last, and only by a finished run. */
  public static final String SUMMARY = "summary.json";

  /** Opens without network. */
  public static final String REPORT = "report.html";

  /** The selected policy. */
  public static final String BEST = "best";

  private static final String LOCK = ".lock";
  private static final String FINGERPRINT = "# fingerprint: ";
  private static final long LEAST_FREE_BYTES = 100L << 20;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path path;
  private final FileChannel lock;
  private final InstantSource clock;
  private final List<ProgressRow> rows = new ArrayList<>();
  private @Nullable AppendedFile progress;
  private @Nullable AppendedFile metrics;
  private @Nullable AppendedFile events;
  private @Nullable AppendedFile audit;

  private RunFolder(Path path, FileChannel lock, InstantSource clock) {
    this.path = path;
    this.lock = lock;
    this.clock = clock;
  }

  /** {@code runs/<experiment>-yyyyMMdd'T'HHmmss'Z'}, with a number behind it if that is taken. */
  public static Path unused(Path runs, String experiment, Instant now) {
    String name = experiment + "-" + STAMP.format(now);
    Path path = runs.resolve(name);
    for (int i = 2; Files.exists(path); i++) {
      path = runs.resolve(name + "-" + i);
    }
    return path;
  }

  /**
   * Makes the folder of a new run, {@code config.conf} in it. If that fails, nothing is left.
   *
   * @param path must not exist, or be an empty folder
   * @throws InvalidInputException if the folder is not empty, cannot be written or is on a full
   *     disk
   */
  public static RunFolder create(Path path, Experiment experiment, InstantSource clock) {
    Deque<Path> made = new ArrayDeque<>();
    FileChannel lock = null;
    try {
      makeFolders(path.toAbsolutePath().normalize(), made);
      checkSpace(path);
      lock = claim(path);
      made.push(path.resolve(LOCK));
      writeConfig(path, experiment);
      return new RunFolder(path, lock, clock);
    } catch (IOException e) {
      throw undo(lock, made, cannotWrite(path, e));
    } catch (InvalidInputException e) {
      throw undo(lock, made, e);
    }
  }

  private static void writeConfig(Path path, Experiment experiment) throws IOException {
    String config = ExperimentWriter.render(experiment);
    String fingerprint = FINGERPRINT + ExperimentWriter.fingerprint(experiment) + "\n";
    AtomicFile.write(path.resolve(CONFIG), utf8(config + "\n" + fingerprint));
  }

  /**
   * Changes how the run of a folder keeps its replay files, which has no influence on its results.
   * For a folder that nobody has open: its run goes on with what it has read.
   *
   * @return what its configuration says from now on
   * @throws InvalidInputException if it is no run folder, or its configuration was changed
   */
  public static Experiment keepReplay(
      Path path, ExperimentReader reader, UnaryOperator<ReplaySettings> change) throws IOException {
    Experiment before = experiment(path, reader);
    Experiment after = before.withReplay(change.apply(before.replay()));
    writeConfig(path, after);
    return after;
  }

  /**
   * How the run of a restored folder keeps its replay files.
   *
   * @param shards how many it is to have, which its configuration says from now on; 0 for as many
   *     as it had
   */
  public static ReplaySettings replay(Path path, ExperimentReader reader, int shards)
      throws IOException {
    return (shards == 0
            ? experiment(path, reader)
            : keepReplay(path, reader, replay -> replay.withShards(shards)))
        .replay();
  }

  /** Makes the folder and those above it, noting each one that was not there. */
  private static void makeFolders(Path path, Deque<Path> made) throws IOException {
    Path parent = path.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      makeFolders(parent, made);
    }
    try {
      Files.createDirectory(path);
      made.push(path);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw e;
      }
    }
  }

  private static void checkSpace(Path path) throws IOException {
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < LEAST_FREE_BYTES) {
      throw new InvalidInputException(
          path
              + ": only "
              + (free >> 20)
              + " MiB are free on its disk, and a run needs at least "
              + (LEAST_FREE_BYTES >> 20)
              + "; free some, or choose a folder on another disk with --out");
    }
  }

  private static FileChannel claim(Path path) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      if (entries.findAny().isPresent()) {
        throw new InvalidInputException(
            path
                + ": is not empty; choose another folder with --out, or continue the run in it with"
                + " 'planloop train --resume "
                + path
                + "'");
      }
    }
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw busy(path);
    }
    return locked(path, channel);
  }

  /** The lock of a folder that is there. */
  private static FileChannel lock(Path path) throws IOException {
    return locked(
        path,
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  private static FileChannel locked(Path path, FileChannel channel) throws IOException {
    if (FileLocks.tryLock(channel).isPresent()) {
      return channel;
    }
    channel.close();
    throw busy(path);
  }

  private static InvalidInputException busy(Path path) {
    return new InvalidInputException(
        path
            + ": another run is writing to this folder; wait for its end (a new run can have a"
            + " folder of its own: --out)");
  }

  private static InvalidInputException cannotWrite(Path path, IOException e) {
    String reason =
        e instanceof FileAlreadyExistsException
            ? "a file of this name is in the way: " + e.getMessage()
            : e instanceof AccessDeniedException
                ? "permission denied: " + e.getMessage()
                : e instanceof NoSuchFileException
                    ? "nothing can be made there"
                    : String.valueOf(e.getMessage());
    return new InvalidInputException(
        path + ": cannot be written (" + reason + "); choose another folder with --out", e);
  }

  private static InvalidInputException undo(
      @Nullable FileChannel lock, Deque<Path> made, InvalidInputException error) {
    try {
      if (lock != null) {
        lock.close();
      }
      for (Path path : made) {
        Files.deleteIfExists(path);
      }
    } catch (DirectoryNotEmptyException e) {
      // Someone else has begun to use a folder that we made: it is theirs now.
      return error;
    } catch (IOException e) {
      error.addSuppressed(e);
    }
    return error;
  }

  /**
   * Takes up the folder of a run that was interrupted.
   *
   * @throws InvalidInputException if it is no run folder, is finished, is being written, or its
   *     configuration was changed
   */
  public static RunFolder resume(Path path, ExperimentReader reader, InstantSource clock) {
    experiment(path, reader);
    if (Files.exists(path.resolve(SUMMARY))) {
      throw new InvalidInputException(
          path
              + ": the run is finished, there is nothing to resume; 'planloop eval "
              + path
              + "' flies its best policy, and 'planloop train "
              + path.resolve(CONFIG)
              + "' starts a new run like it");
    }
    try {
      return new RunFolder(path, lock(path), clock);
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  /**
   * Keeps every run from beginning in a folder, until what is returned is closed. Nothing is read
   * or changed.
   *
   * @throws InvalidInputException if a run is being written there
   */
  public static Closeable hold(Path path) throws IOException {
    return lock(path);
  }

  /**
   * What the run in a folder was started with.
   *
   * @throws InvalidInputException if it is no run folder, or its configuration was changed since
   */
  public static Experiment experiment(Path path, ExperimentReader reader) {
    Path config = path.resolve(CONFIG);
    String text;
    try {
      text = Files.readString(config);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          path + ": is no run folder: it has no " + CONFIG + "; 'planloop train' makes one", e);
    } catch (IOException e) {
      throw new InvalidInputException(config + ": cannot be read: " + e.getMessage(), e);
    }
    Experiment experiment = reader.readText(text, config.toString());
    String written =
        text.lines()
            .filter(line -> line.startsWith(FINGERPRINT))
            .map(line -> line.substring(FINGERPRINT.length()).strip())
            .findFirst()
            .orElse("");
    if (!written.equals(ExperimentWriter.fingerprint(experiment))) {
      throw new InvalidInputException(
          config
              + ": was changed since the run began, so its results would mix two configurations;"
              + " undo the change, or start a new run with 'planloop train "
              + config
              + " --out ANOTHER'");
    }
    return experiment;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** The rows written so far. */
  public List<ProgressRow> rows() {
    return List.copyOf(rows);
  }

  /**
   * Rewrites the text files to the rows of the checkpoint: none in a new run.
   *
   * @throws UncheckedIOException naming the file
   */
  public void begin(List<ProgressRow> earlier) {
    begin(earlier, List.of());
  }

  /** The same, with the decisions of the checkpoint. */
  public void begin(List<ProgressRow> earlier, List<AuditEntry> decided) {
    try {
      closeFiles();
      rows.clear();
      Path tensorboard = Files.createDirectories(path.resolve("tensorboard"));
      deleteEvents(tensorboard);
      double now = now();
      progress = new AppendedFile(path.resolve(PROGRESS));
      progress.append(utf8(ProgressText.csvHeader()));
      metrics = new AppendedFile(path.resolve(METRICS));
      events = new AppendedFile(tensorboard.resolve(EventFile.name((long) now)));
      events.append(EventFile.header(now));
      audit = new AppendedFile(path.resolve(AUDIT));
      for (AuditEntry entry : decided) {
        audit.append(utf8(AuditText.jsonLine(entry)));
      }
      double active = earlier.isEmpty() ? 0 : earlier.get(earlier.size() - 1).wallSeconds();
      for (ProgressRow row : earlier) {
        write(row, now - active + row.wallSeconds());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Appends a row to the text files.
   *
   * @throws UncheckedIOException naming the file; no file ends in half a row
   */
  public void append(ProgressRow row) {
    try {
      write(row, now());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Appends a decision to {@code audit.jsonl}.
   *
   * @throws UncheckedIOException naming the file; it does not end in half a line
   */
  public void append(AuditEntry entry) {
    if (audit == null) {
      throw new IllegalStateException("begin comes before append");
    }
    try {
      audit.append(utf8(AuditText.jsonLine(entry)));
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private void write(ProgressRow row, double wallTime) throws IOException {
    if (progress == null || metrics == null || events == null) {
      throw new IllegalStateException("begin comes before append");
    }
    rows.add(row);
    progress.append(utf8(ProgressText.csv(row)));
    metrics.append(utf8(ProgressText.jsonLine(row)));
    events.append(EventFile.row(row, wallTime));
  }

  /**
   * Ends a finished run: {@code report.html}, and last of all {@code summary.json} by rename.
   *
   * @throws UncheckedIOException naming the file
   */
  public void finish(Experiment experiment, Summary summary, Build build) {
    try {
      String json = Json.pretty(SummaryJson.of(summary, build));
      String html = HtmlReport.of(List.of(RunData.of(path, experiment, rows, Json.read(json))));
      AtomicFile.write(path.resolve(REPORT), utf8(html));
      AtomicFile.write(path.resolve(SUMMARY), utf8(json));
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + e.getMessage(), e);
    }
  }

  private double now() {
    return clock.instant().toEpochMilli() / 1000.0;
  }

  private static void deleteEvents(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (String.valueOf(file.getFileName()).endsWith(".planloop")) {
          Files.delete(file);
        }
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void closeFiles() throws IOException {
    for (AppendedFile file : java.util.Arrays.asList(progress, metrics, events, audit)) {
      if (file != null) {
        file.close();
      }
    }
  }

  /**
   * Takes a new run's folder away again, because nothing came of it.
   *
   * @throws UncheckedIOException if that fails
   */
  public void discard() {
    try {
      close();
      List<Path> deepestFirst;
      try (Stream<Path> all = Files.walk(path)) {
        deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + e.getMessage(), e);
    }
  }

  /** Closes the files and lets the folder go. */
  @Override
  public void close() throws IOException {
    closeFiles();
    lock.close();
  }
}
