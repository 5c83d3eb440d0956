package org.planloop.deploy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.checkpoint.RunStore;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplaySettings;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredJob;

/** Checkpoints into a store and out of it, whatever happens between. */
class CampaignCopiesTest {
  @TempDir Path temporary;
  private final MemoryObjectStore store = new MemoryObjectStore();

  private static CheckpointName name(int iteration) {
    return new CheckpointName(iteration, false);
  }

  private ImaginedRun run(Double... returns) throws IOException {
    return new ImaginedRun(temporary.resolve("run"), returns);
  }

  @Test
  void whatIsListedAsWholeIsRestoredToTheByteAfterEveryStepOfTheWriter() throws Exception {
    Map<CheckpointName, Map<String, String>> expected = new HashMap<>();
    int first = Integer.MAX_VALUE;
    try (ImaginedRun run = run(1.0, 5.0, 2.0, 3.0, 4.0, 2.5)) {
      RunCopy copy = run.copy(store, 2);
      for (int i = 1; i <= 6; i++) {
        run.row(i);
        expected.put(name(i), run.expected());
        run.halfWritten(i);
        assertThat(copy.copyNewest()).contains(name(i));
        first = Math.min(first, store.changes().size());
      }
      run.finish();
      expected.put(new CheckpointName(6, true), run.expected());
      copy.copyNewest();
    }
    int restored = 0;
    for (int i = 0; i <= store.changes().size(); i++) {
      MemoryObjectStore then = store.after(i);
      Set<CheckpointName> whole = ImaginedRun.whole(then);
      assertThat(whole)
          .as("after " + i + " changes")
          .hasSizeGreaterThanOrEqualTo(i < first ? 0 : 1);
      for (CheckpointName name : whole) {
        assertThat(ImaginedRun.restored(then, name, temporary.resolve("r" + restored++)))
            .isEqualTo(expected.get(name));
      }
    }
    // Of seven, the two newest and the best stay.
    assertThat(ImaginedRun.whole(store))
        .containsExactly(name(2), name(6), new CheckpointName(6, true));
  }

  @Test
  void theHistoryComesAlongAndIsCopiedOnce() throws Exception {
    Double[] returns = new Double[102];
    Arrays.fill(returns, 1.0);
    try (ImaginedRun run = run(returns)) {
      RunCopy copy = run.copy(store, 1);
      for (int i = 1; i <= 101; i++) {
        run.row(i);
      }
      copy.copyNewest();
      int before = store.changes().size();
      run.row(102);
      Map<String, String> expected = run.expected();
      copy.copyNewest();

      assertThat(expected)
          .containsKeys("iterations/history/0050.json", "iterations/history/0100.json");
      assertThat(ImaginedRun.restored(store, name(102), temporary.resolve("there")))
          .isEqualTo(expected);
      assertThat(new RunStore(temporary.resolve("there/iterations")).latest().orElseThrow().state())
          .isEqualTo(new RunStore(run.path.resolve("iterations")).latest().orElseThrow().state());
      assertThat(store.changes().subList(before, store.changes().size()))
          .filteredOn(change -> change.bytes() != null)
          .extracting(change -> new String(change.bytes(), StandardCharsets.ISO_8859_1))
          .doesNotContain(expected.get("iterations/history/0050.json"))
          .contains(expected.get("iterations/0102/state/campaign.json"));
    }
  }

  @Test
  void aWriterThatDiedAnywhereIsFollowedByOneThatEndsWithTheSame() throws Exception {
    try (ImaginedRun run = run(1.0, 2.0, 3.0)) {
      RunCopy copy = run.copy(store, 1);
      run.row(1);
      copy.copyNewest();
      run.row(2);
      copy.copyNewest();
      run.row(3);
      Map<String, String> expected = run.expected();
      int from = store.changes().size();
      copy.copyNewest();
      Set<String> keys = store.objects().keySet();
      for (int i = from; i <= store.changes().size(); i++) {
        MemoryObjectStore then = store.after(i);
        assertThat(run.copy(then, 1).copyNewest()).contains(name(3));
        assertThat(ImaginedRun.restored(then, name(3), temporary.resolve("r" + i)))
            .isEqualTo(expected);
        assertThat(ImaginedRun.whole(then)).containsExactly(name(3));
        assertThat(then.objects().keySet().stream().filter(key -> !key.contains("/replay/")))
            .containsExactlyElementsOf(
                new TreeSet<>(keys).stream().filter(key -> !key.contains("/replay/")).toList());
      }
    }
  }

  @Test
  void whatIsThereIsNotStoredAgain() throws Exception {
    try (ImaginedRun run = run(1.0, 2.0)) {
      RunCopy copy = run.copy(store, 3);
      run.row(1);
      copy.copyNewest();
      int before = store.changes().size();
      copy.copyNewest();
      run.copy(store, 3).copyNewest();
      assertThat(store.changes()).hasSize(before);
      run.row(2);
      copy.copyNewest();
      List<String> puts =
          store.changes().subList(before, store.changes().size()).stream()
              .filter(change -> change.bytes() != null)
              .map(MemoryObjectStore.Change::key)
              .toList();
      assertThat(puts).doesNotHaveDuplicates();
      assertThat(puts.stream().filter(key -> !key.contains("checkpoints")))
          .noneMatch(
              key ->
                  store.changes().subList(0, before).stream()
                      .anyMatch(change -> change.key().equals(key)));
    }
  }

  @Test
  void aSegmentIsFewPartsHoweverOftenItGrew() throws Exception {
    Double[] returns = new Double[100];
    java.util.Arrays.fill(returns, 1.0);
    try (ImaginedRun run = run(returns)) {
      RunCopy copy = run.copy(store, 1);
      for (int i = 1; i <= 100; i++) {
        run.row(i);
        copy.copyNewest();
      }
      Manifest shard = new Archive(store, ImaginedRun.FOLDER).shard(0).manifest(name(100));
      assertThat(shard.files()).hasSizeGreaterThan(10);
      shard.files().forEach(file -> assertThat(file.parts()).hasSizeLessThanOrEqualTo(4));
      long put =
          store.changes().stream()
              .filter(change -> change.bytes() != null && change.key().contains("replay/0/files"))
              .mapToLong(change -> change.bytes().length)
              .sum();
      assertThat(put).isLessThan(4 * shard.bytes());
    }
  }

  @Test
  void aDamagedAMissingAndAShortObjectAreRefusedByNameAndNothingIsLeft() throws Exception {
    try (ImaginedRun run = run(1.0)) {
      run.row(1);
      run.copy(store, 1).copyNewest();
    }
    for (String key : List.copyOf(store.objects().keySet())) {
      byte[] good = store.objects().get(key);
      byte[] flipped = good.clone();
      flipped[good.length / 2] ^= 1;
      for (Optional<byte[]> bad :
          List.of(
              Optional.of(flipped),
              Optional.of(java.util.Arrays.copyOf(good, good.length - 1)),
              Optional.of(java.util.Arrays.copyOf(good, good.length + 1)),
              Optional.<byte[]>empty())) {
        bad.ifPresentOrElse(
            bytes -> store.objects().put(key, bytes), () -> store.objects().remove(key));
        Path target = temporary.resolve("bad");
        boolean only = key.startsWith(ImaginedRun.FOLDER + "checkpoints") && bad.isEmpty();
        assertThatThrownBy(() -> ImaginedRun.restored(store, name(1), target))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining(only ? "no checkpoint" : key);
        assertThat(target).doesNotExist();
        try (var left = Files.list(temporary)) {
          assertThat(left.filter(path -> path.toString().contains("unfinished"))).isEmpty();
        }
        store.objects().put(key, good);
      }
    }
    assertThat(ImaginedRun.restored(store, name(1), temporary.resolve("good"))).isNotEmpty();
  }

  @Test
  void theNewestWholeCheckpointIsChosenWhereANewerOneIsNot() throws Exception {
    try (ImaginedRun run = run(1.0, 2.0)) {
      RunCopy copy = run.copy(store, 3);
      run.row(1);
      copy.copyNewest();
      run.row(2);
      copy.copyNewest();
    }
    Archive shard = new Archive(store, ImaginedRun.FOLDER).shard(1);
    List<Blob> old =
        shard.manifest(name(1)).files().stream().flatMap(file -> file.parts().stream()).toList();
    Blob newer =
        shard.manifest(name(2)).files().stream()
            .flatMap(file -> file.parts().stream())
            .filter(part -> !old.contains(part))
            .findFirst()
            .orElseThrow();
    store.objects().remove(shard.key(newer));
    CampaignCopies copies = new CampaignCopies(store, ImaginedRun.FOLDER);
    assertThat(copies.choose(Optional.empty()).name()).isEqualTo(name(1));
    assertThat(copies.list())
        .anySatisfy(listed -> assertThat(listed.flaw()).contains(shard.key(newer)));
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    try (ImaginedRun run = run(1.0)) {
      run.row(1);
      run.copy(store, 1).copyNewest();
    }
    String key = ImaginedRun.FOLDER + "checkpoints/000001.json";
    String text = new String(store.objects().get(key), StandardCharsets.UTF_8);
    store
        .objects()
        .put(
            key, text.replace("\"format\" : 1", "\"format\" : 2").getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ImaginedRun.restored(store, name(1), temporary.resolve("r")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("format = 2: this version reads format 1");
  }

  @Test
  void aManifestThatLeadsOutOfTheFolderIsRefused() {
    for (String path : List.of("../x", "/etc/passwd", "a/../../b", ".hidden", "a//b", "")) {
      assertThatThrownBy(() -> new StoredFile(path, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    String manifest =
        "{\"format\":1,\"campaign\":\"c\",\"experiment\":\"e\",\"best\":0,\"files\":"
            + "[{\"path\":\"../x\",\"parts\":[]}],\"shards\":[]}";
    assertThatThrownBy(() -> Manifest.read("k", manifest.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("k: is damaged");
  }

  @Test
  void sizesThatDoNotAddUpAreRefused() {
    Blob huge = new Blob("0".repeat(64), Long.MAX_VALUE);
    for (List<Blob> parts : List.of(List.of(huge), List.of(huge, huge))) {
      Manifest manifest =
          new Manifest(1, "c", "e", 0, List.of(new StoredFile("a", parts)), List.of());
      assertThatThrownBy(() -> Manifest.read("k", manifest.toBytes()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("k: is damaged");
    }
  }

  @Test
  void twoRunsOfOneCampaignDoNotWriteOverEachOther() throws Exception {
    try (ImaginedRun run = run(1.0, 2.0);
        ImaginedRun other = new ImaginedRun(temporary.resolve("other"), 7.0, 8.0)) {
      run.row(1);
      other.row(1);
      run.copy(store, 3).copyNewest();
      int before = store.changes().size();
      assertThatThrownBy(() -> other.copy(store, 3).copyNewest())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has another 000001");
      run.row(2);
      run.copy(store, 3).copyNewest();
      assertThat(store.changes()).hasSizeGreaterThan(before);
      assertThatThrownBy(() -> other.copy(store, 3).copyNewest())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("has 000002");
    }
  }

  /** The rows of all shards by their jobs. */
  private static Map<JobKey, Long> rows(Path replay) throws IOException {
    Map<JobKey, Long> rows = new TreeMap<>();
    for (Path shard : ReplayFolders.stores(replay)) {
      StoreScan scan = StoreScan.of(shard, true);
      assertThat(scan.flaws()).isEmpty();
      for (StoredJob job : scan.jobs()) {
        assertThat(rows.put(job.key(), job.rows())).isNull();
      }
    }
    return rows;
  }

  private Path restored(int shards, String name) throws IOException {
    CampaignCopies copies = new CampaignCopies(store, ImaginedRun.FOLDER);
    Path target = temporary.resolve(name);
    RunRestoration.run(
        copies,
        copies.choose(Optional.empty()),
        target,
        folder -> new ReplaySettings("", 0, shards, 1 << 16));
    return target;
  }

  @Test
  void anotherNumberOfShardsIsRestoredWithEveryRow() throws Exception {
    try (ImaginedRun run = run(1.0, 2.0, 3.0)) {
      for (int i = 1; i <= 3; i++) {
        run.row(i);
      }
      run.copy(store, 1).copyNewest();
    }
    Map<JobKey, Long> same = rows(restored(2, "same"));
    assertThat(same).hasSize(6);
    for (int shards : List.of(1, 3, 7)) {
      Path made = restored(shards, "made" + shards);
      assertThat(ReplayFolders.stores(made)).hasSize(shards);
      assertThat(rows(made)).isEqualTo(same);
      try (var files = Files.walk(made)) {
        assertThat(files.filter(path -> path.toString().endsWith(".source"))).isEmpty();
      }
    }
  }

  @Test
  void aDamagedObjectIsRefusedByNameForAnotherNumberOfShardsToo() throws Exception {
    try (ImaginedRun run = run(1.0)) {
      run.row(1);
      run.copy(store, 1).copyNewest();
    }
    Archive shard = new Archive(store, ImaginedRun.FOLDER).shard(1);
    Blob part = shard.manifest(name(1)).files().get(1).parts().get(0);
    store.objects().get(shard.key(part))[300] ^= 1;
    assertThatThrownBy(() -> restored(3, "bad"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(shard.key(part));
    try (var left = Files.list(temporary)) {
      assertThat(left).noneMatch(path -> path.toString().contains("bad"));
    }
  }

  /** Its SHA-256 is right: it was damaged before it was copied. */
  @Test
  void aShardThatWasDamagedWhenItWasCopiedIsRefusedWithItsFile() throws Exception {
    try (ImaginedRun run = run(1.0)) {
      run.row(1);
      Path segment = run.extents(1).folder().resolve("learner-000001.segment");
      byte[] bytes = Files.readAllBytes(segment);
      bytes[300] ^= 1;
      Files.write(segment, bytes);
      run.copy(store, 1).copyNewest();
    }
    assertThatThrownBy(() -> restored(3, "bad"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(
            "replay shard 1 of checkpoint 000001", "learner-000001.segment", "--checkpoint");
    assertThat(temporary.resolve("bad")).doesNotExist();
  }

  @Test
  void whatShardsThatAreNoMoreHadGoesWithTheLastCheckpointThatNeedsIt() throws Exception {
    try (ImaginedRun run = run(1.0, 2.0, 3.0)) {
      run.row(1);
      run.copy(store, 2).copyNewest();
      String former = ImaginedRun.FOLDER + "replay/1/";
      for (int i = 2; i <= 3; i++) {
        run.row(i);
        run.copy(store, 2, 1).copyNewest();
        assertThat(ImaginedRun.whole(store)).contains(name(i), name(i - 1));
        assertThat(store.objects().keySet().stream().anyMatch(key -> key.startsWith(former)))
            .isEqualTo(i == 2);
      }
    }
  }
}
