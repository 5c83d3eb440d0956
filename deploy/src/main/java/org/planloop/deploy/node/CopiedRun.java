package org.planloop.deploy.node;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.objectstore.BackgroundCopier;
import org.planloop.deploy.objectstore.CopyMetrics;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.StoreSettings;

/** A campaign in this process whose checkpoints are copied to an object store. */
final class CopiedRun implements RunningCampaign {
  private static final Duration STARTING = Duration.ofSeconds(30);

  private final LocalRun run;
  private final BackgroundCopier copier;
  private final ObjectStore store;
  private final String place;

  /** Starts a run, given who watches it. */
  @FunctionalInterface
  interface Starter {
    LocalRun start(CampaignObserver observer) throws IOException;
  }

  /**
   * @param store closed with the run
   * @param settings of the store
   * @param path the run folder
   * @param campaign the run's id
   */
  CopiedRun(
      ObjectStore store,
      StoreSettings settings,
      Path path,
      String campaign,
      Experiment experiment,
      CampaignObserver observer,
      MeterRegistry registry,
      Starter starter)
      throws IOException {
    CompletableFuture<LocalRun> started = new CompletableFuture<>();
    this.store = store;
    RunCopies copies =
        new RunCopies(
            store, settings, path, campaign, experiment, shard -> await(started).extents(shard));
    this.place = copies.place();
    this.copier =
        new BackgroundCopier(
            "run",
            copies,
            BackgroundCopier.USUAL,
            new CopyMetrics(registry, "run"),
            observer::warning);
    try {
      this.run = starter.start(observer.and(new RowsTo(copier)));
    } catch (IOException | RuntimeException e) {
      copier.close();
      store.close();
      throw e;
    }
    started.complete(run);
    copier.changed(); // An attempt before this one may have left a checkpoint that is not there.
  }

  private static LocalRun await(CompletableFuture<LocalRun> started)
      throws IOException, InterruptedException {
    try {
      return started.get(STARTING.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the run has not started", e);
    }
  }

  @Override
  public List<ProgressRow> earlier() {
    return run.earlier();
  }

  @Override
  public List<AuditEntry> decided() {
    return run.decided();
  }

  @Override
  public CompletableFuture<Summary> result() {
    return run.result();
  }

  @Override
  public Optional<String> copiedTo() {
    return Optional.of(place);
  }

  @Override
  public void close() {
    run.close();
  }

  @Override
  public String settle(Duration patience) {
    copier.changed();
    try {
      String trouble = copier.settle(patience);
      return trouble.isEmpty()
          ? ""
          : "the newest state of the run is not in the object store: " + trouble;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } finally {
      copier.close();
      store.close();
    }
  }

  /** Tells the copier of each row. */
  private record RowsTo(BackgroundCopier copier) implements CampaignObserver {
    @Override
    public void row(ProgressRow row) {
      copier.changed();
    }
  }
}
