package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.MemoryObjectStore;
import org.planloop.deploy.objectstore.RunRestoration;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;
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

  @Test
  void aStoppedRunIsCopiedLater() throws Exception {
    Path run = folder.resolve("run");
    CountDownLatch five = new CountDownLatch(5);
    CampaignObserver watching =
        new CampaignObserver() {
          @Override
          public void row(ProgressRow row) {
            five.countDown();
          }
        };
    ExperimentReader reader = new ExperimentReader(PARTS);
    StoreSettings settings =
        new StoreSettings(new StoreLocation("bucket", "prefix"), Optional.empty(), "r", 2);
    StoppedRunCopy copies = new StoppedRunCopy(reader, store, settings);
    try (RunFolder held = RunFolder.create(run, hover(), InstantSource.system())) {
      try (RunningCampaign campaign =
          new LocalCampaigns(new SimpleMeterRegistry()).start(hover(), PARTS, run, watching)) {
        assertThat(five.await(120, TimeUnit.SECONDS)).isTrue();
      }
      assertThatThrownBy(() -> copies.copy(run))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(run + ": another run is writing to this folder");
    }

    StoppedRunCopy.Done done = copies.copy(run);
    assertThat(done.bytes()).isPositive();
    assertThat(copies.copy(run))
        .isEqualTo(new StoppedRunCopy.Done(done.checkpoint(), done.place(), 0));
    CampaignCopies there =
        new CampaignCopies(store, StoreLocation.parse("place", done.place()).key(""));
    Path restored = folder.resolve("restored");
    RunRestoration.run(there, there.choose(Optional.empty()), restored, unused -> hover().replay());
    assertThat(restored.resolve("replay")).isNotEmptyDirectory();
    Path state =
        Path.of("iterations", String.format("%04d", done.checkpoint().iteration()), "state");
    try (Stream<Path> files = Files.list(run.resolve(state))) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(restored.resolve(state).resolve(file.getFileName()))
                      .hasSameBinaryContentAs(file));
    }
    // Its copy is of the same run, so it goes on from there and is copied to the same place.
    RunningCampaign second = copying().start(hover(), PARTS, restored, new CampaignObserver() {});
    try (second) {
      finish(second);
      assertThat(second.copiedTo()).contains(done.place());
    }
    assertThat(second.settle(PATIENCE)).isEmpty();
  }
}
