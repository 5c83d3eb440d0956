package org.planloop.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.planloop.data.Provenance.LEARNER;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.ChunkKey;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;

/** What is left of a store when it is cut, damaged, or its disk fails. */
class ReplayCrashTest {
  private static final StoreIdentity IDENTITY = new StoreIdentity("c1", 1, 1);
  private static final int[] COUNTS = {2, 1, 1};
  private static final int ROW = 7 * 4;

  @TempDir private Path temporary;
  private byte[] segment;
  private byte[] state;

  @BeforeEach
  void writeThreeChunks() throws IOException {
    Path folder = temporary.resolve("whole");
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 1 << 20)) {
      for (int chunk = 0; chunk < COUNTS.length; chunk++) {
        store.append(key(chunk), 1, 0, rows(chunk));
        store.commit();
      }
    }
    segment = Files.readAllBytes(folder.resolve("learner-000001.segment"));
    state = Files.readAllBytes(folder.resolve("store.json"));
    assertThat(segment).hasSize(256 + 3 * 48 + 4 * ROW);
  }

  private static ChunkKey key(int chunk) {
    return ReplaySamples.key(LEARNER, 1, 0, chunk);
  }

  private static TransitionBatch rows(int chunk) {
    return ReplaySamples.rows(key(chunk), COUNTS[chunk], 1, 1);
  }

  /** Where each chunk ends. */
  private static int[] ends() {
    int[] ends = new int[COUNTS.length];
    int end = 256;
    for (int chunk = 0; chunk < COUNTS.length; chunk++) {
      end += 48 + COUNTS[chunk] * ROW;
      ends[chunk] = end;
    }
    return ends;
  }

  private ReplayStore reopen(String name, byte[] bytes) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve(name));
    Files.write(folder.resolve("learner-000001.segment"), bytes);
    Files.write(folder.resolve("store.json"), state);
    return ReplayStore.open(folder, IDENTITY, 1 << 20);
  }

  private static void assertHolds(ReplayStore store, int chunks) throws IOException {
    StoredView view = store.view(1);
    int row = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      assertThat(view.read(LEARNER, row, COUNTS[chunk]).join()).isEqualTo(rows(chunk));
      row += COUNTS[chunk];
    }
    assertThat(view.size(LEARNER)).isEqualTo(row);
  }

  @Test
  void aFileCutAtAnyByteHoldsTheWholeChunksBeforeTheCut() throws IOException {
    for (int length = 0; length <= segment.length; length++) {
      int cut = length;
      int whole = (int) Arrays.stream(ends()).filter(end -> end <= cut).count();
      boolean clean = length == 256 || Arrays.stream(ends()).anyMatch(end -> end == cut);
      try (ReplayStore store = reopen("cut" + length, Arrays.copyOf(segment, length))) {
        assertHolds(store, whole);
        assertThat(store.quarantined()).hasSize(clean ? 0 : 1);
        if (!clean) {
          Quarantined record = store.quarantined().get(0);
          assertThat(Files.readAllBytes(record.keptAs()))
              .isEqualTo(Arrays.copyOfRange(segment, (int) record.offset(), length));
        }
      }
    }
  }

  @Test
  void whatWasCutOffIsSentAgainAndLandsWhereItBelongs() throws IOException {
    for (int length = 0; length <= segment.length; length += 23) {
      try (ReplayStore store = reopen("again" + length, Arrays.copyOf(segment, length))) {
        for (int chunk = COUNTS.length - 1; chunk >= 0; chunk--) {
          store.append(key(chunk), 1, 0, rows(chunk));
        }
        store.commit();
        assertHolds(store, COUNTS.length);
      }
      try (ReplayStore again =
          ReplayStore.open(temporary.resolve("again" + length), IDENTITY, 1 << 20)) {
        assertThat(again.quarantined()).isEmpty();
        assertHolds(again, COUNTS.length);
      }
    }
  }

  @Test
  void aFlippedBitIsNeverRead() throws IOException {
    RandomStream random = new RandomStream(2);
    for (int at = 0; at < segment.length; at++) {
      byte[] damaged = segment.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      int position = at;
      int whole = at < 256 ? 0 : (int) Arrays.stream(ends()).filter(end -> end <= position).count();
      try (ReplayStore store = reopen("flip" + at, damaged)) {
        assertHolds(store, whole);
        assertThat(store.quarantined()).hasSize(1);
      }
    }
  }

  @Test
  void garbageIsSetAsideWithoutBeingBelieved() throws IOException {
    RandomStream random = new RandomStream(3);
    for (int round = 0; round < 50; round++) {
      byte[] noise = new byte[random.nextInt(2000)];
      random.nextBytes(noise);
      byte[] bytes = Arrays.copyOf(segment, segment.length + noise.length);
      System.arraycopy(noise, 0, bytes, segment.length, noise.length);
      try (ReplayStore store = reopen("noise" + round, bytes)) {
        assertHolds(store, COUNTS.length);
        assertThat(store.quarantined()).hasSize(noise.length == 0 ? 0 : 1);
      }
    }
  }

  @Test
  void laterFilesSurviveDamageInAnEarlierOne() throws IOException {
    Path folder = temporary.resolve("several");
    int chunks = 30;
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 4096)) {
      for (int job = 0; job < chunks; job++) {
        ChunkKey key = ReplaySamples.key(LEARNER, 1, job, 0);
        store.append(key, 1, 0, ReplaySamples.rows(key, 20, 1, 1));
      }
      store.commit();
    }
    Path first = folder.resolve("learner-000001.segment");
    byte[] bytes = Files.readAllBytes(first);
    bytes[256 + 48 + 3] ^= 1;
    Files.write(first, bytes);
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 4096)) {
      int inFirst = (bytes.length - 256) / (48 + 20 * ROW);
      assertThat(store.view(1).jobs(LEARNER)).hasSize(chunks - inFirst);
      assertThat(store.quarantined()).hasSize(1);
      assertThat(store.quarantined().get(0).toString())
          .contains("learner-000001.segment")
          .contains("checksum")
          .contains("quarantine");
    }
  }

  @Test
  void aFullDiskIsAnErrorAndTakesBackWhatWasNotCommitted() throws IOException {
    FailingDisk disk = new FailingDisk();
    Path folder = temporary.resolve("full");
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 1 << 20, disk)) {
      store.append(key(0), 1, 0, rows(0));
      store.commit();
      store.append(key(1), 1, 0, rows(1));
      disk.bytesLeft.set(60);
      assertThatThrownBy(() -> store.append(key(2), 1, 0, rows(2)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("No space left on device");
      store.commit();
      assertHolds(store, 1);
      disk.bytesLeft.set(Long.MAX_VALUE);
      assertThat(store.append(key(1), 1, 0, rows(1))).isEqualTo(ReplayStore.Outcome.APPENDED);
      store.append(key(2), 1, 0, rows(2));
      store.commit();
      assertHolds(store, 3);
    }
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 1 << 20)) {
      assertHolds(store, 3);
      assertThat(store.quarantined()).isEmpty();
    }
  }

  @Test
  void afterAFailedCommitTheStoreMustBeOpenedAgain() throws IOException {
    FailingDisk disk = new FailingDisk();
    Path folder = temporary.resolve("failed");
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 1 << 20, disk)) {
      store.append(key(0), 1, 0, rows(0));
      disk.forceFails = true;
      assertThatThrownBy(store::commit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("a commit failed");
      disk.forceFails = false;
      assertThatThrownBy(() -> store.append(key(1), 1, 0, rows(1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("must be opened again");
      assertThatThrownBy(store::commit).isInstanceOf(IOException.class);
      assertHolds(store, 0);
    }
    // The chunk was written, though never confirmed; it may be there.
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 1 << 20)) {
      assertHolds(store, 1);
    }
  }

  @Test
  void aProcessKilledWhileWritingLosesNothingItConfirmed() throws Exception {
    Path folder = temporary.resolve("killed");
    Process writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Integer> confirmed = new ArrayList<>();
    try (java.io.DataInputStream input = new java.io.DataInputStream(writer.getInputStream())) {
      while (confirmed.size() < 50) {
        confirmed.add(input.readInt());
      }
      writer.destroyForcibly().waitFor();
    }
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 8192)) {
      StoredView view = store.view(1);
      assertThat(view.jobs(LEARNER).size()).isGreaterThanOrEqualTo(confirmed.size());
      for (int job : confirmed) {
        ChunkKey key = ReplaySamples.key(LEARNER, 1, job, 0);
        assertThat(view.read(LEARNER, job * 9, 9).join())
            .isEqualTo(ReplaySamples.rows(key, 9, 1, 1));
      }
    }
  }

  /** Appends without end and names each job once it is committed. */
  static final class Writer {
    public static void main(String[] args) throws IOException {
      try (ReplayStore store = ReplayStore.open(Path.of(args[0]), IDENTITY, 8192)) {
        for (int job = 0; ; job++) {
          ChunkKey key = ReplaySamples.key(LEARNER, 1, job, 0);
          store.append(key, 1, 0, ReplaySamples.rows(key, 9, 1, 1));
          store.commit();
          System.out.write(ByteBuffer.allocate(4).putInt(job).array());
          System.out.flush();
        }
      }
    }
  }
}
