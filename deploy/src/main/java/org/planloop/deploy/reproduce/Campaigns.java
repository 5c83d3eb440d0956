package org.planloop.deploy.reproduce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Strategy;
import org.planloop.campaign.Summary;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignStarter;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.deploy.report.ProgressTable;
import org.planloop.storage.AtomicFolder;

/**
 * Flies the campaigns of a study in this process, several at a time, each with one worker and in a
 * folder of its own that is deleted afterwards.
 */
public final class Campaigns {
  /** What a campaign may take; a study's are made of seconds. */
  private static final long PATIENCE_MINUTES = 60;

  private static final long ASK_MILLISECONDS = 200;

  private final CampaignStarter starter;
  private final Parts parts;
  private final Path scratch;
  private final int jobs;
  private final BooleanSupplier stopped;

  /**
   * @param scratch folder for the runs; exists
   * @param jobs campaigns at a time
   * @param stopped asked now and then; true once all shall end
   */
  public Campaigns(
      CampaignStarter starter, Parts parts, Path scratch, int jobs, BooleanSupplier stopped) {
    this.starter = starter;
    this.parts = parts;
    this.scratch = scratch;
    this.jobs = jobs;
    this.stopped = stopped;
  }

  /**
   * A campaign to fly.
   *
   * @param arm what the study calls this kind of campaign
   * @param experiment a bundled experiment
   * @param settings {@code key=value} texts, later ones win
   */
  public record Order(
      String arm, String experiment, Strategy strategy, long seed, List<String> settings) {
    public Order {
      settings = List.copyOf(settings);
    }
  }

  /**
   * A campaign that was flown.
   *
   * @param progress its rows
   * @param decisions about its policies, in order
   * @param folder its run folder: {@code best/} and {@code iterations/} can be read
   */
  public record Flown(
      Order order,
      Experiment experiment,
      ProgressTable progress,
      List<AuditEntry> decisions,
      Summary summary,
      Path folder) {}

  /** Where the parts of all campaigns are found. */
  public Parts parts() {
    return parts;
  }

  /**
   * The resolved experiment of an order.
   *
   * @throws org.planloop.data.InvalidInputException if a setting is wrong
   */
  public Experiment resolve(Order order) {
    List<String> settings = new ArrayList<>(order.settings());
    settings.add("rollout.workers=1");
    return new ExperimentReader(parts)
        .read(
            order.experiment(),
            new Overrides(settings, OptionalLong.of(order.seed()), Optional.of(order.strategy())));
  }

  /**
   * Flies them all.
   *
   * @param look takes what the study needs of each campaign while its folder is still there; called
   *     from several threads
   * @param setting is told how many are flown
   * @return one result for each order, in their order
   * @throws org.planloop.data.InvalidInputException if a setting is wrong; then none is flown
   * @throws StoppedException if all shall end
   * @throws org.planloop.deploy.node.CampaignFailedException if one cannot go on
   */
  public <T> List<T> fly(List<Order> orders, Function<Flown, T> look, StudySetting setting) {
    List<Experiment> experiments = orders.stream().map(this::resolve).toList();
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(jobs, Math.max(1, orders.size())));
    BlockingQueue<Integer> finished = new LinkedBlockingQueue<>();
    List<Future<T>> results = new ArrayList<>();
    try {
      for (int i = 0; i < orders.size(); i++) {
        int index = i;
        Callable<T> task =
            () -> {
              try {
                return one(orders.get(index), experiments.get(index), look);
              } finally {
                finished.add(index);
              }
            };
        results.add(pool.submit(task));
      }
      List<T> flown = new ArrayList<>();
      for (int done = 0; done < orders.size(); ) {
        Integer index = finished.poll(ASK_MILLISECONDS, TimeUnit.MILLISECONDS);
        if (index != null) {
          results.get(index).get();
          done++;
        }
        Order last = orders.get(index == null ? Math.max(0, done - 1) : index);
        setting.progress(done + " of " + orders.size() + " campaigns, " + last.arm());
      }
      for (Future<T> result : results) {
        flown.add(result.get());
      }
      return flown;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("a campaign broke", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      pool.shutdownNow();
      close(pool);
    }
  }

  /** Campaigns under way close their files before their folders go. */
  private static void close(ExecutorService pool) {
    try {
      if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("campaigns did not end within a minute");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> T one(Order order, Experiment experiment, Function<Flown, T> look)
      throws IOException, InterruptedException {
    if (stopped.getAsBoolean()) {
      throw new StoppedException();
    }
    Path folder = Files.createTempDirectory(scratch, order.experiment() + "-");
    try {
      List<ProgressRow> rows = new ArrayList<>();
      List<AuditEntry> decisions = new ArrayList<>();
      CampaignObserver observer =
          new CampaignObserver() {
            @Override
            public void row(ProgressRow row) {
              synchronized (rows) {
                rows.add(row);
              }
            }

            @Override
            public void decided(AuditEntry entry) {
              synchronized (rows) {
                decisions.add(entry);
              }
            }
          };
      Summary summary;
      try (RunningCampaign campaign = starter.start(experiment, parts, folder, observer)) {
        summary = await(campaign);
      }
      synchronized (rows) {
        return look.apply(
            new Flown(
                order,
                experiment,
                ProgressTable.of(rows),
                List.copyOf(decisions),
                summary,
                folder));
      }
    } finally {
      AtomicFolder.delete(folder);
    }
  }

  private static Summary await(RunningCampaign campaign) throws InterruptedException {
    try {
      return campaign.result().get(PATIENCE_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("the campaign broke", e.getCause());
    } catch (CancellationException e) {
      throw new StoppedException();
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "a campaign took more than " + PATIENCE_MINUTES + " minutes", e);
    }
  }

  /**
   * Makes a folder for runs that is deleted with all in it by {@link AtomicFolder#delete}.
   *
   * @param parent made where it is missing
   */
  public static Path scratch(Path parent) {
    try {
      return Files.createTempDirectory(Files.createDirectories(parent), ".campaigns-");
    } catch (IOException e) {
      throw new UncheckedIOException(parent + ": " + e.getMessage(), e);
    }
  }
}
