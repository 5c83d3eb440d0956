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
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.node.LocalCampaigns;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.MemoryObjectStore;
import org.planloop.deploy.objectstore.RunRestoration;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;

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
      assertThat(client.restore(url, "", doing -> {})).isEqualTo(campaign);
      assertThat(client.restore(url, "", doing -> {})).isEqualTo(campaign);
      assertThatThrownBy(() -> client.restore(url + "x", "", doing -> {}))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("the store has no checkpoint of it");
      TestCluster.await(
          "the end of the campaign, and of its copy",
          () -> copied(client, campaign).equals("copied up to 000040-finished"));
      String here = client.restore(copiedHere(), "", doing -> {});
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
        copies, copies.choose(Optional.of(new CheckpointName(40, true))), restored, unused -> "");
    for (String file : List.of("policy.json", "model.safetensors", "selection.json")) {
      assertThat(best.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
      assertThat(restored.resolve("best").resolve(file))
          .hasSameBinaryContentAs(expected.resolve(file));
    }
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
