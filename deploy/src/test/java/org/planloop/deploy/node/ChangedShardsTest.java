package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.campaign.CampaignObserver;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.MemoryObjectStore;
import org.planloop.deploy.objectstore.RunRestoration;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplaySettings;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredJob;

/** Campaigns that are stopped in the middle of an iteration and go on with other shards. */
class ChangedShardsTest {
  private static final Parts PARTS = Parts.on(ChangedShardsTest.class.getClassLoader());
  private static final ExperimentReader READER = new ExperimentReader(PARTS);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ITERATIONS = 5;

  /** The iteration under way when a run is stopped. */
  private static final int STOPPED = 3;

  @TempDir static Path shared;
  private static NavigableMap<JobKey, Long> undisturbedRows;

  @TempDir Path folder;
  private final MemoryObjectStore store = new MemoryObjectStore();

  private static Experiment hover(int shards) {
    return READER.read(
        "helicopter-hover",
        new ExperimentReader.Overrides(
            List.of(
                "campaign.iterations=" + ITERATIONS,
                "campaign.episodes-per-iteration=6",
                "campaign.rows-per-iteration=0",
                "rollout.environments-per-job=1",
                "rollout.workers=2",
                "rollout.chunk-rows=100",
                "evaluation.confirm-episodes=1",
                "replay.shards=" + shards,
                "replay.segment-bytes=65536"),
            OptionalLong.of(4),
            Optional.empty()));
  }

  @BeforeAll
  static void flyUndisturbed() throws IOException {
    Path run = made(shared, hover(1));
    finish(new LocalCampaigns(new SimpleMeterRegistry()), run);
    undisturbedRows = rows(run);
    assertThat(undisturbedRows.keySet()).extracting(JobKey::iteration).contains(1, ITERATIONS);
  }

  private static Path made(Path parent, Experiment experiment) throws IOException {
    Path run = parent.resolve("run");
    RunFolder.create(run, experiment, InstantSource.system()).close();
    return run;
  }

  private static void finish(LocalCampaigns campaigns, Path run) {
    try (RunningCampaign campaign =
        campaigns.start(RunFolder.experiment(run, READER), PARTS, run, new CampaignObserver() {})) {
      assertThat(campaign.result().orTimeout(120, TimeUnit.SECONDS).join().iterations())
          .isEqualTo(ITERATIONS);
    }
  }

  /** The rows of every job, each of which is in one shard. */
  private static NavigableMap<JobKey, Long> rows(Path run) throws IOException {
    NavigableMap<JobKey, Long> rows = new TreeMap<>();
    for (Path replay : ReplayFolders.stores(run)) {
      StoreScan scan = StoreScan.of(replay, true);
      assertThat(scan.flaws()).isEmpty();
      assertThat(scan.duplicates()).isZero();
      for (StoredJob job : scan.jobs()) {
        assertThat(job.waiting()).isZero();
        assertThat(rows.put(job.key(), job.rows())).as(job.key().toString()).isNull();
      }
    }
    return rows;
  }

  private static boolean underWay(Path run) {
    try {
      for (Path replay : ReplayFolders.stores(run)) {
        if (StoreScan.of(replay, false).jobs().stream()
            .map(StoredJob::key)
            .anyMatch(
                key -> key.provenance() == Provenance.LEARNER && key.iteration() == STOPPED)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Once rows of the iteration are on disk no further flight takes off; then the run is stopped.
   */
  private RunningCampaign stopped(Path run, int shards) throws Exception {
    CountDownLatch grounded = new CountDownLatch(1);
    LocalCampaigns campaigns =
        new LocalCampaigns(
            new SimpleMeterRegistry(),
            ConfigFactory.empty(),
            (worker, threads) -> flight -> takeOff(run, threads, flight, grounded),
            Optional.of(
                new StoreSettings(new StoreLocation("bucket", "prefix"), Optional.empty(), "r", 2)),
            settings -> store);
    store.outage("the store is away"); // So that the copy has what is there at the end.
    RunningCampaign campaign =
        campaigns.start(hover(shards), PARTS, run, new CampaignObserver() {});
    try (campaign) {
      assertThat(grounded.await(120, TimeUnit.SECONDS)).isTrue();
    }
    store.outage("");
    assertThat(campaign.settle(PATIENCE)).isEmpty();
    return campaign;
  }

  private static void takeOff(
      Path run, Executor threads, Runnable flight, CountDownLatch grounded) {
    threads.execute(
        () -> {
          if (underWay(run)) {
            grounded.countDown();
          } else {
            flight.run();
          }
        });
  }

  private void assertEndsAsUndisturbed(Path run, int shards) throws IOException {
    assertThat(RunFolder.experiment(run, READER)).isEqualTo(hover(shards));
    assertThat(ReplayFolders.stores(run)).hasSize(shards);
    NavigableMap<JobKey, Long> before = rows(run);
    assertThat(before.lastKey().iteration()).isEqualTo(STOPPED);
    assertThat(before).hasSizeLessThan(undisturbedRows.headMap(nextIteration(), false).size());
    finish(new LocalCampaigns(new SimpleMeterRegistry()), run);
    for (String file : List.of("policy.json", "model.safetensors", "selection.json")) {
      assertThat(run.resolve("best").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(shared.resolve("run/best").resolve(file));
    }
    assertThat(rows(run)).isEqualTo(undisturbedRows);
  }

  private static JobKey nextIteration() {
    return new JobKey(Provenance.LEARNER, STOPPED + 1, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"1,3", "3,1", "2,3", "3,2"})
  void theyEndWithTheSameBytesAndRows(int before, int after) throws Exception {
    Path run = made(folder, hover(before));
    RunningCampaign campaign = stopped(run, before);

    Path resharded = folder.resolve("resharded");
    ReshardedRun.Done done =
        new ReshardedRun(READER, InstantSource.system()).make(run, List.of(), after, resharded);
    assertThat(done.torn()).isEmpty();
    assertThat(done.shards()).hasSize(after);
    assertThat(done.shards().stream().mapToLong(one -> one.expertRows() + one.learnerRows()).sum())
        .isEqualTo(rows(run).values().stream().mapToLong(Long::longValue).sum());
    assertEndsAsUndisturbed(resharded, after);

    String place = campaign.copiedTo().orElseThrow();
    CampaignCopies copies = new CampaignCopies(store, StoreLocation.parse("place", place).key(""));
    Path restored = folder.resolve("restored");
    RunRestoration.run(
        copies, copies.choose(Optional.empty()), restored, unused -> configured(unused, after));
    assertEndsAsUndisturbed(restored, after);

    finish(new LocalCampaigns(new SimpleMeterRegistry()), run);
    assertThat(rows(run)).isEqualTo(undisturbedRows);
  }

  private static ReplaySettings configured(Path run, int shards) {
    try {
      return RunFolder.keepReplay(run, READER, replay -> replay.withShards(shards)).replay();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The folders of a stopped cluster: the trainer's has the campaign's name and no replay files.
   */
  @Test
  void theFoldersOfAClusterAreBroughtTogether() throws Exception {
    Path run = made(folder, hover(2));
    stopped(run, 2);
    String campaign = Files.readString(run.resolve("iterations/id"));
    Path trainer = folder.resolve("trainer").resolve(campaign);
    Files.createDirectories(trainer.getParent());
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    Files.move(run.resolve("replay/shard-0"), first);
    Files.move(run.resolve("replay/shard-1"), second);
    Files.move(run, trainer);
    Files.delete(trainer.resolve("iterations/id"));
    ReshardedRun resharded = new ReshardedRun(READER, InstantSource.system());
    Path out = folder.resolve("out");

    assertRefused(resharded, trainer, List.of(), "name the folders of all shards");
    assertRefused(resharded, trainer, List.of(first), "2 shards, and 1 folders are named");
    assertRefused(resharded, trainer, List.of(second, first), "belongs to shard");
    assertRefused(resharded, trainer, List.of(first, first), first + ": is named twice");
    try (ReplayStore held = ReplayStore.open(second, ReplayStore.identityOf(second), 65536)) {
      assertThat(held.quarantined()).isEmpty();
      assertRefused(resharded, trainer, List.of(first, second), second + ": two runs");
    }
    try (RunFolder held = RunFolder.resume(trainer, READER, InstantSource.system())) {
      assertRefused(
          resharded, trainer, List.of(first, second), held.path() + ": another run is writing");
    }
    Path renamed = folder.resolve("renamed");
    Files.move(trainer, renamed);
    assertRefused(
        resharded, renamed, List.of(first, second), first.toString(), campaign, "is the folder of");
    Files.move(renamed, trainer);

    resharded.make(trainer, List.of(first, second), 3, out);
    assertEndsAsUndisturbed(out, 3);
  }

  private void assertRefused(ReshardedRun resharded, Path run, List<Path> stores, String... texts)
      throws IOException {
    Path out = folder.resolve("out");
    assertThatThrownBy(() -> resharded.make(run, stores, 3, out))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(texts);
    try (var left = Files.list(folder)) {
      assertThat(left).noneMatch(path -> path.toString().contains("out"));
    }
  }
}
