package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.node.LocalCampaigns;
import org.planloop.deploy.node.ReshardedRun;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.MemoryObjectStore;
import org.planloop.deploy.objectstore.RunRestoration;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.StoreScan;

/** A campaign whose cluster is lost goes on in another. */
class ClusterCopyTest {
  private static final String TOKEN = "0badcafe";

  @TempDir Path folder;
  private final MemoryObjectStore store = new MemoryObjectStore();

  private static Experiment hover() {
    return new ExperimentReader(TestCluster.PARTS)
        .read(
            "helicopter-hover",
            new ExperimentReader.Overrides(
                List.of("campaign.iterations=40", "replay.shards=2"),
                OptionalLong.of(4),
                Optional.empty()));
  }

  private TestCluster cluster(String name) {
    return new TestCluster(folder.resolve(name), "trainer", "replay-0", "replay-1", "worker-0");
  }

  private static void awaitTrainer(ClusterClient client) {
    TestCluster.await(
        "the trainer",
        () -> {
          try {
            return client.status().standings().isPresent();
          } catch (ClusterClient.NoAnswerException e) {
            return false;
          }
        });
  }

  private static String copied(ClusterClient client, String campaign) {
    return client.standings().campaigns().stream()
        .filter(one -> one.campaign().equals(campaign))
        .map(Campaigning.Standing::copied)
        .findFirst()
        .orElse("");
  }

  private Path undisturbed() throws IOException {
    Path run = Files.createDirectories(folder.resolve("undisturbed"));
    try (RunningCampaign campaign =
        new LocalCampaigns(new SimpleMeterRegistry())
            .start(hover(), TestCluster.PARTS, run, new CampaignObserver() {})) {
      campaign.result().orTimeout(120, TimeUnit.SECONDS).join();
    }
    return run;
  }

  @Test
  void aCampaignGoesOnInAnotherClusterAndEndsWithTheSameBytes() throws IOException {
    String campaign;
    try (TestCluster first = cluster("first").copyingTo(store).startAll();
        ClusterClient client = first.client()) {
      awaitTrainer(client);
      campaign = client.submit(TOKEN, hover().name(), ExperimentWriter.render(hover()));
      TestCluster.await(
          "a copy of a checkpoint", () -> copied(client, campaign).startsWith("copied up to"));
    }
    assertThat(
            new CampaignCopies(store, "prefix/" + campaign + "/")
                .choose(Optional.empty())
                .name()
                .iteration())
        .isLessThan(40);
    String url = "s3://bucket/prefix/" + campaign;
    try (TestCluster second = cluster("second").copyingTo(store).startAll();
        ClusterClient client = second.client()) {
      awaitTrainer(client);
      assertThat(client.restore(url, "", 0, doing -> {})).isEqualTo(campaign);
      assertThat(client.restore(url, "", 0, doing -> {})).isEqualTo(campaign);
      assertThatThrownBy(() -> client.restore(url + "x", "", 0, doing -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the store has no checkpoint of it");
      TestCluster.await(
          "the end of the campaign, and of its copy",
          () -> copied(client, campaign).equals("copied up to 000040-finished"));
      String here = client.restore(copiedHere(), "", 0, doing -> {});
      TestCluster.await(
          "the end of the one that began in one process",
          () -> client.page(here, 0, 0, 0).phase().equals("FINISHED"));
      assertThat(folder.resolve("second/trainer/runs").resolve(here).resolve("best/selection.json"))
          .hasSameBinaryContentAs(
              folder
                  .resolve("second/trainer/runs")
                  .resolve(campaign)
                  .resolve("best/selection.json"));
    }
    Path best = folder.resolve("second/trainer/runs").resolve(campaign).resolve("best");
    Path expected = undisturbed().resolve("best");
    CampaignCopies copies = new CampaignCopies(store, "prefix/" + campaign + "/");
    Path restored = folder.resolve("restored");
    RunRestoration.run(
        copies,
        copies.choose(Optional.of(new CheckpointName(40, true))),
        restored,
        unused -> hover().replay());
    for (String file : List.of("policy.json", "model.safetensors", "selection.json")) {
      assertThat(best.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
      assertThat(restored.resolve("best").resolve(file))
          .hasSameBinaryContentAs(expected.resolve(file));
    }
  }

  @Test
  void aCampaignGoesOnInAClusterWithMoreShards() throws IOException {
    String url = copiedHere();
    String campaign;
    TestCluster made =
        new TestCluster(
            folder.resolve("more"), "trainer", "replay-0", "replay-1", "replay-2", "worker-0");
    try (TestCluster cluster = made.copyingTo(store).startAll();
        ClusterClient client = cluster.client()) {
      awaitTrainer(client);
      TestCluster.await("all nodes", () -> client.members().members().size() == 5);
      for (int shards : List.of(1, 2, 4)) {
        assertThatThrownBy(() -> client.restore(url, "", shards, doing -> {}))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContainingAll(
                "--shards = " + shards, "replay nodes, which are shard-0, shard-1, shard-2");
      }
      campaign = client.restore(url, "", 3, doing -> {});
      assertThat(client.restore(url, "", 3, doing -> {})).isEqualTo(campaign);
      TestCluster.await(
          "the end of the campaign, and of its copy",
          () -> copied(client, campaign).equals("copied up to 000040-finished"));
      Path run = folder.resolve("more/trainer/runs").resolve(campaign);
      assertThat(
              RunFolder.experiment(run, new ExperimentReader(TestCluster.PARTS)).replay().shards())
          .isEqualTo(3);
    }
    assertEndedAsUndisturbed(folder.resolve("more"), campaign);
  }

  /** The steps of docs/operations.md: folders brought together, laid out anew, and taken apart. */
  @Test
  void aStoppedClusterGoesOnWithMoreShards() throws IOException {
    String campaign;
    try (TestCluster first = cluster("first").startAll();
        ClusterClient client = first.client()) {
      awaitTrainer(client);
      campaign = client.submit(TOKEN, hover().name(), ExperimentWriter.render(hover()));
      TestCluster.await("a few rows", () -> client.page(campaign, 0, 0, 0).finalRows() >= 5);
      first.stop("trainer");
    }
    Path made = folder.resolve("made");
    new ReshardedRun(new ExperimentReader(TestCluster.PARTS), InstantSource.system())
        .make(
            folder.resolve("first/trainer/runs").resolve(campaign),
            List.of(
                folder.resolve("first/replay-0/replay").resolve(campaign),
                folder.resolve("first/replay-1/replay").resolve(campaign)),
            3,
            made);
    Path grown = folder.resolve("grown");
    for (int shard = 0; shard < 3; shard++) {
      Path data = Files.createDirectories(grown.resolve("replay-" + shard + "/replay"));
      Files.move(made.resolve("replay/shard-" + shard), data.resolve(campaign));
    }
    Path runs = Files.createDirectories(grown.resolve("trainer/runs"));
    Files.move(made, runs.resolve(campaign));
    try (TestCluster second =
            new TestCluster(grown, "trainer", "replay-0", "replay-1", "replay-2", "worker-0")
                .startAll();
        ClusterClient client = second.client()) {
      awaitTrainer(client);
      TestCluster.await("the end", () -> client.page(campaign, 0, 0, 0).phase().equals("FINISHED"));
    }
    assertEndedAsUndisturbed(grown, campaign);
  }

  /** The best policy's bytes, and every job's rows, which are in one of three shards. */
  private void assertEndedAsUndisturbed(Path cluster, String campaign) throws IOException {
    Path best = cluster.resolve("trainer/runs").resolve(campaign).resolve("best");
    Path undisturbed = undisturbed();
    for (String file : List.of("policy.json", "model.safetensors", "selection.json")) {
      assertThat(best.resolve(file))
          .hasSameBinaryContentAs(undisturbed.resolve("best").resolve(file));
    }
    NavigableMap<JobKey, Long> rows = new TreeMap<>();
    for (int shard = 0; shard < 3; shard++) {
      Path replay = cluster.resolve("replay-" + shard + "/replay").resolve(campaign);
      rows(replay).forEach((job, count) -> assertThat(rows.put(job, count)).isNull());
    }
    assertThat(rows).isEqualTo(rows(undisturbed));
  }

  private static NavigableMap<JobKey, Long> rows(Path replay) throws IOException {
    NavigableMap<JobKey, Long> rows = new TreeMap<>();
    for (Path store : ReplayFolders.stores(replay)) {
      StoreScan.of(store, true).jobs().forEach(job -> rows.put(job.key(), job.rows()));
    }
    return rows;
  }

  @Test
  void asManyShardsAsThereAreReplayNodesAndNoOthers() {
    Restoration.requireNodes(2, new TreeSet<>(List.of(0, 1)));
    for (List<Integer> nodes : List.of(List.of(0), List.of(0, 1, 2), List.of(0, 2))) {
      assertThatThrownBy(() -> Restoration.requireNodes(2, new TreeSet<>(nodes)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("--shards = 2: must be the number of this cluster's replay nodes");
    }
    assertThatThrownBy(() -> Restoration.requireNodes(-1, new TreeSet<>()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must be from 1 to 1024");
  }

  /** A run of one process with a few rows, whose folder is not needed any more. */
  private String copiedHere() throws IOException {
    Path run = Files.createDirectories(folder.resolve("here"));
    CountDownLatch rows = new CountDownLatch(5);
    ExperimentReader reader = new ExperimentReader(TestCluster.PARTS);
    try (RunFolder made =
        RunFolder.create(run, hover(), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))) {
      assertThat(RunFolder.experiment(made.path(), reader)).isEqualTo(hover());
      RunningCampaign campaign =
          new LocalCampaigns(
                  new SimpleMeterRegistry(),
                  new StoreSettings(new StoreLocation("bucket", "here"), Optional.empty(), "r", 3),
                  settings -> store)
              .start(
                  hover(),
                  TestCluster.PARTS,
                  run,
                  new CampaignObserver() {
                    @Override
                    public void row(ProgressRow row) {
                      rows.countDown();
                    }
                  });
      try (campaign) {
        assertThat(rows.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      assertThat(campaign.settle(Duration.ofSeconds(60))).isEmpty();
      return campaign.copiedTo().orElseThrow();
    }
  }

  @Test
  void aShardWithoutAStoreIsNamedAndTheCampaignGoesOn() {
    try (TestCluster cluster = cluster("half").startAll()) {
      cluster.stop("trainer");
      cluster.copyingTo(store).start("trainer");
      try (ClusterClient client = cluster.client()) {
        awaitTrainer(client);
        String campaign = client.submit(TOKEN, hover().name(), ExperimentWriter.render(hover()));
        TestCluster.await(
            "the reason", () -> copied(client, campaign).contains("without --object-store"));
        assertThat(copied(client, campaign))
            .startsWith("not copied yet; copies fail: replay shard");
        TestCluster.await(
            "the end", () -> client.page(campaign, 0, 0, 0).phase().equals("FINISHED"));
        assertThat(store.objects()).isEmpty();
      }
    }
  }
}
