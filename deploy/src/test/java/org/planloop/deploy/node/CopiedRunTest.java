package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.MemoryObjectStore;
import org.planloop.deploy.objectstore.RunRestoration;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.storage.AtomicFolder;

/** Campaigns in this process whose checkpoints are copied. */
class CopiedRunTest {
  private static final Parts PARTS = Parts.on(CopiedRunTest.class.getClassLoader());
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final MemoryObjectStore store = new MemoryObjectStore();

  private static Experiment hover() {
    return new ExperimentReader(PARTS)
        .read(
            "helicopter-hover",
            new ExperimentReader.Overrides(
                List.of(
                    "campaign.iterations=30",
                    "replay.shards=2",
                    "campaign.keep-iterations=4",
                    "replay.segment-bytes=65536"),
                OptionalLong.of(4),
                Optional.empty()));
  }

  private LocalCampaigns copying() {
    return new LocalCampaigns(
        new SimpleMeterRegistry(),
        new StoreSettings(new StoreLocation("bucket", "prefix"), Optional.empty(), "r", 2),
        settings -> store);
  }

  private Path made(String name) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(run.resolve("config.conf"), ExperimentWriter.render(hover()));
    return run;
  }

  private static void finish(RunningCampaign campaign) {
    assertThat(campaign.result().orTimeout(120, TimeUnit.SECONDS).join().iterations())
        .isEqualTo(30);
  }

  @Test
  void aRunWhoseFolderIsLostGoesOnElsewhereAndEndsWithTheSameBytes() throws Exception {
    Path undisturbed = made("undisturbed");
    try (RunningCampaign campaign =
        new LocalCampaigns(new SimpleMeterRegistry())
            .start(hover(), PARTS, undisturbed, new CampaignObserver() {})) {
      finish(campaign);
    }
    CountDownLatch twenty = new CountDownLatch(20);
    List<String> warnings = new CopyOnWriteArrayList<>();
    CampaignObserver watching =
        new CampaignObserver() {
          @Override
          public void row(ProgressRow row) {
            store.outage(row.iteration() >= 5 && row.iteration() < 12 ? "the store is away" : "");
            twenty.countDown();
          }

          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    Path lost = made("lost");
    RunningCampaign first = copying().start(hover(), PARTS, lost, watching);
    try (first) {
      assertThat(twenty.await(120, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(first.settle(PATIENCE)).isEmpty();
    AtomicFolder.delete(lost);

    String place = first.copiedTo().orElseThrow();
    CampaignCopies copies = new CampaignCopies(store, StoreLocation.parse("place", place).key(""));
    CampaignCopies.Whole whole = copies.choose(Optional.empty());
    assertThat(whole.name().iteration()).isBetween(20, 30);
    Path restored = folder.resolve("restored");
    RunRestoration.run(copies, whole, restored, unused -> hover().replay());
    RunningCampaign second = copying().start(hover(), PARTS, restored, new CampaignObserver() {});
    try (second) {
      assertThat(second.earlier()).hasSize(whole.name().iteration());
      finish(second);
    }
    assertThat(second.settle(PATIENCE)).isEmpty();
    for (String file : List.of("policy.json", "model.safetensors", "selection.json")) {
      assertThat(restored.resolve("best").resolve(file))
          .hasSameBinaryContentAs(undisturbed.resolve("best").resolve(file));
    }
    assertThat(second.copiedTo()).contains(place);
    assertThat(warnings)
        .filteredOn(line -> line.contains("object store"))
        .allMatch(line -> line.contains("the store is away") || line.contains("are well again"))
        .hasSizeLessThanOrEqualTo(4);
    assertThat(new CampaignCopies(store, StoreLocation.parse("p", place).key("")).list())
        .allSatisfy(listed -> assertThat(listed.flaw()).isEmpty())
        .hasSizeBetween(1, 3);
  }
}
