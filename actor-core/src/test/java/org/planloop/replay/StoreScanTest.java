package org.planloop.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.ChunkKey;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;

class StoreScanTest {
  private static final StoreIdentity IDENTITY = new StoreIdentity("campaign", 3, 2);

  /** Two or three chunks a file. */
  private static final long SEGMENT_BYTES = 2048;

  @TempDir Path folder;

  private ReplayStore open() throws IOException {
    return ReplayStore.open(folder, IDENTITY, SEGMENT_BYTES);
  }

  private static void append(ReplayStore store, Provenance side, int iteration, int job, int... at)
      throws IOException {
    for (int chunk : at) {
      ChunkKey key = ReplaySamples.key(side, iteration, job, chunk);
      store.append(key, iteration, store.epoch(), ReplaySamples.rows(key, 10 + chunk, 3, 2));
    }
  }

  /** Both sides, three iterations, chunks in any order, one job with a gap. */
  private void fill() throws IOException {
    try (ReplayStore store = open()) {
      store.fence(4);
      append(store, Provenance.EXPERT, 0, 0, 1, 0);
      append(store, Provenance.EXPERT, 0, 1, 0, 1, 2);
      for (int iteration = 1; iteration <= 3; iteration++) {
        append(store, Provenance.LEARNER, iteration, 1, 0, 2, 1);
        append(store, Provenance.LEARNER, iteration, 0, 0, 2);
      }
      store.commit();
    }
  }

  private StoreScan scan() throws IOException {
    return StoreScan.of(folder, false);
  }

  private static long rows(StoreScan scan, Provenance side) {
    return scan.jobs().stream()
        .filter(job -> job.key().provenance() == side)
        .mapToLong(StoredJob::rows)
        .sum();
  }

  private void assertCountsLikeTheStore(StoreScan scan) throws IOException {
    try (ReplayStore store = open()) {
      for (Provenance side : Provenance.values()) {
        assertThat(rows(scan, side)).as(side.name()).isEqualTo(store.rows(side));
        StoredView view = store.view(Integer.MAX_VALUE);
        assertThat(
                scan.jobs().stream()
                    .filter(job -> job.rows() > 0)
                    .map(StoredJob::key)
                    .filter(key -> key.provenance() == side))
            .containsExactlyElementsOf(view.jobs(side));
      }
      assertThat(scan.chunks()).isEqualTo(store.chunks());
      assertThat(scan.epoch()).isEqualTo(store.epoch());
      assertThat(scan.identity()).isEqualTo(store.identity());
    }
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile)
          .forEach(
              file -> {
                try {
                  contents.put(
                      file.toString(), java.util.Arrays.toString(Files.readAllBytes(file)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return contents;
  }

  private static void flip(Path file, long offset) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, offset);
      one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
      channel.write(one, offset);
    }
  }

  private StoredChunk chunk(Provenance side, int iteration, int job, int number)
      throws IOException {
    JobKey key = new JobKey(side, iteration, job, 0);
    return scan().jobs().stream()
        .filter(stored -> stored.key().equals(key))
        .flatMap(stored -> stored.chunks().stream())
        .filter(chunk -> chunk.key().chunk() == number)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void countsAsTheStoreDoes() throws IOException {
    fill();
    StoreScan scan = scan();

    assertThat(scan.flaws()).isEmpty();
    assertThat(rows(scan, Provenance.EXPERT)).isEqualTo(10 + 11 + 10 + 11 + 12);
    assertThat(scan.jobs().get(2)).satisfies(job -> assertThat(job.waiting()).isEqualTo(1));
    assertThat(scan.jobs().get(2).chunks())
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(chunk.policyVersion()).isEqualTo(1);
              assertThat(chunk.epoch()).isEqualTo(4);
              assertThat(chunk.rows()).isEqualTo(10);
            });
    assertThat(StoreScan.of(folder, true).flaws()).isEmpty();
    assertCountsLikeTheStore(scan);
  }

  @Test
  void evictedJobsDoNotCount() throws IOException {
    fill();
    try (ReplayStore store = open()) {
      store.evictBefore(new JobKey(Provenance.LEARNER, 2, 1, 0));
    }
    StoreScan scan = scan();

    assertThat(scan.evicted()).isPositive();
    assertThat(scan.jobs().stream().filter(job -> job.key().provenance() == Provenance.LEARNER))
        .hasSize(3);
    assertCountsLikeTheStore(scan);
  }

  @Test
  void lookingChangesNothingWhileTheStoreIsOpen() throws IOException {
    fill();
    try (ReplayStore store = open()) {
      append(store, Provenance.LEARNER, 4, 0, 0);
      store.commit();
      Map<String, String> before = contents();
      StoreScan scan = StoreScan.of(folder, true);
      assertThat(contents()).isEqualTo(before);
      assertThat(rows(scan, Provenance.LEARNER)).isEqualTo(store.rows(Provenance.LEARNER));

      append(store, Provenance.LEARNER, 4, 0, 1);
      store.commit();
      assertThat(rows(scan(), Provenance.LEARNER)).isEqualTo(store.rows(Provenance.LEARNER));
    }
  }

  @Test
  void aTornEndIsToldAndLeftAsItIs() throws IOException {
    fill();
    StoredChunk last = chunk(Provenance.EXPERT, 0, 1, 2);
    try (FileChannel channel = FileChannel.open(last.segment(), StandardOpenOption.WRITE)) {
      channel.truncate(last.offset() + 100);
    }
    Map<String, String> before = contents();
    StoreScan scan = scan();

    assertThat(contents()).isEqualTo(before);
    assertThat(scan.flaws())
        .singleElement()
        .satisfies(
            flaw -> {
              assertThat(flaw.tornEnd()).isTrue();
              assertThat(flaw.segment()).isEqualTo(last.segment());
              assertThat(flaw.offset()).isEqualTo(last.offset());
              assertThat(flaw.bytes()).isEqualTo(100);
              assertThat(flaw.reason()).isEqualTo("a chunk of 12 rows was cut short");
            });
    assertCountsLikeTheStore(scan);
  }

  @Test
  void aFlippedByteInTheRowsIsFoundByChecksumAlone() throws IOException {
    fill();
    StoredChunk first = chunk(Provenance.EXPERT, 0, 0, 1);
    flip(first.segment(), first.offset() + ChunkHeader.BYTES + 5);

    assertThat(scan().flaws()).isEmpty();
    StoreScan scan = StoreScan.of(folder, true);
    assertThat(scan.flaws())
        .singleElement()
        .satisfies(
            flaw -> {
              assertThat(flaw.tornEnd()).isFalse();
              assertThat(flaw.offset()).isEqualTo(first.offset());
              assertThat(flaw.reason()).isEqualTo(ChunkHeader.WRONG_CHECKSUM);
              assertThat(flaw.wholeChunks()).isPositive();
            });
    try (StoredRows rows = new StoredRows(IDENTITY)) {
      assertThatThrownBy(() -> rows.read(first))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(first.segment().toString())
          .hasMessageContaining("checksum is wrong at byte " + first.offset());
    }
    assertCountsLikeTheStore(scan);
  }

  @Test
  void aFlippedByteInAHeaderHidesWhatFollowsAndIsTold() throws IOException {
    fill();
    StoredChunk first = chunk(Provenance.EXPERT, 0, 0, 1);
    flip(first.segment(), first.offset());
    StoreScan scan = scan();

    assertThat(scan.flaws())
        .singleElement()
        .satisfies(
            flaw -> {
              assertThat(flaw.reason()).isEqualTo("no chunk begins here");
              assertThat(flaw.tornEnd()).isFalse();
              assertThat(flaw.wholeChunks()).isEqualTo(wholeBehind(first));
              assertThat(flaw.toString()).contains("whole chunks");
            });
    assertCountsLikeTheStore(scan);
  }

  /** Chunks of a file behind one, as the store wrote them: 10 to 12 rows in 2048 bytes. */
  private static int wholeBehind(StoredChunk first) throws IOException {
    int count = 0;
    long at = first.offset() + ChunkHeader.BYTES + (long) first.rows() * IDENTITY.layout().bytes();
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(first.segment()))
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    while (at < file.limit()) {
      at += ChunkHeader.BYTES + (long) file.getInt((int) at + 28) * IDENTITY.layout().bytes();
      count++;
    }
    return count;
  }

  @Test
  void aForeignFileIsAFlawAsAWhole() throws IOException {
    fill();
    Files.writeString(folder.resolve("expert-000009.segment"), "x".repeat(300));

    assertThat(scan().flaws())
        .singleElement()
        .satisfies(
            flaw -> {
              assertThat(flaw.offset()).isZero();
              assertThat(flaw.tornEnd()).isFalse();
              assertThat(flaw.reason()).contains("no segment of a replay store");
            });
  }

  @Test
  void rowsComeBackToTheBit() throws IOException {
    fill();
    try (StoredRows reader = new StoredRows(IDENTITY)) {
      for (StoredJob job : scan().jobs()) {
        for (StoredChunk chunk : job.chunks()) {
          TransitionBatch rows = reader.read(chunk);
          assertThat(rows)
              .isEqualTo(ReplaySamples.rows(chunk.key(), 10 + chunk.key().chunk(), 3, 2));
        }
      }
    }
  }

  @Test
  void whatIsSetAsideIsListedWithItsReason() throws IOException {
    fill();
    StoredChunk first = chunk(Provenance.EXPERT, 0, 0, 1);
    int behind = wholeBehind(first);
    flip(first.segment(), first.offset() + ChunkHeader.BYTES + 5);
    Files.writeString(folder.resolve("learner-000099.segment"), "x".repeat(300));
    List<Quarantined> reported;
    try (ReplayStore store = open()) {
      reported = store.quarantined();
    }

    List<QuarantinedPart> parts = QuarantinedPart.of(folder);
    assertThat(parts).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(parts.get(i).file()).isEqualTo(reported.get(i).keptAs());
      assertThat(parts.get(i).offset()).isEqualTo(reported.get(i).offset());
      assertThat(parts.get(i).bytes()).isEqualTo(reported.get(i).bytes());
      assertThat(parts.get(i).reason()).isEqualTo(reported.get(i).reason());
    }
    assertThat(parts.get(0).wholeChunks()).isEqualTo(behind);
    parts.get(0).delete();
    assertThat(QuarantinedPart.of(folder)).hasSize(1);
    parts.get(1).delete();
    assertThat(folder.resolve("quarantine")).doesNotExist();
  }

  @Test
  void foldersAreFoundOrRefused() throws IOException {
    Path run = Files.createDirectories(folder.resolve("run"));
    assertThatThrownBy(() -> ReplayFolders.stores(run))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds no replay files");
    assertThatThrownBy(() -> ReplayFolders.stores(folder.resolve("nowhere")))
        .hasMessageContaining("is no folder");
    Path replay = run.resolve("replay");
    for (int shard : new int[] {0, 1, 10}) {
      ReplayStore.open(replay.resolve("shard-" + shard), IDENTITY, SEGMENT_BYTES).close();
    }
    List<Path> shards = ReplayFolders.stores(run);
    assertThat(shards)
        .containsExactly(
            replay.resolve("shard-0"), replay.resolve("shard-1"), replay.resolve("shard-10"));
    assertThat(ReplayFolders.stores(replay)).isEqualTo(shards);
    assertThat(ReplayFolders.stores(shards.get(1))).containsExactly(shards.get(1));

    ReplayStore.open(replay.resolve("shard-2"), new StoreIdentity("other", 3, 2), SEGMENT_BYTES)
        .close();
    assertThatThrownBy(() -> ReplayFolders.stores(run))
        .hasMessageContaining("campaign other")
        .hasMessageContaining("name one of the folders");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    fill();
    Path state = folder.resolve(StoreState.FILE);
    // The checksum is of the object without it, on one line.
    com.fasterxml.jackson.databind.node.ObjectNode json =
        (com.fasterxml.jackson.databind.node.ObjectNode)
            new com.fasterxml.jackson.databind.ObjectMapper().readTree(Files.readString(state));
    json.put("format", 2).remove("checksum");
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(json.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Files.writeString(state, json.put("checksum", crc.getValue()).toString());

    assertThatThrownBy(this::scan)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("format = 2")
        .hasMessageContaining("with the version that wrote it");
    Files.delete(state);
    assertThatThrownBy(this::scan).hasMessageContaining("has no store.json");
  }
}
