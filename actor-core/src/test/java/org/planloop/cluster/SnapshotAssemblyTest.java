package org.planloop.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.protocol.Snapshots.Chunk;

class SnapshotAssemblyTest {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        SnapshotAssembly.CHUNK_BYTES,
        SnapshotAssembly.CHUNK_BYTES + 1,
        5 * SnapshotAssembly.CHUNK_BYTES - 1
      })
  void chunksThatComeTwiceMakeTheWhole(int length) {
    List<Chunk> chunks = SnapshotAssembly.cut(7, bytes(length));
    SnapshotAssembly assembly = new SnapshotAssembly(chunks.get(0));
    for (Chunk chunk : chunks.subList(0, chunks.size() - 1)) {
      assertThat(assembly.add(chunk)).isEmpty();
      assertThat(assembly.add(chunk)).isEmpty();
    }

    assertThat(assembly.add(chunks.get(chunks.size() - 1)))
        .hasValueSatisfying(whole -> assertThat(whole).isEqualTo(bytes(length)));
  }

  @Test
  void whatWasLostComesWithAnotherTransfer() {
    byte[] bytes = bytes(40 * SnapshotAssembly.CHUNK_BYTES + 5);
    List<Chunk> chunks = SnapshotAssembly.cut(7, bytes);
    Random random = new Random(1);
    SnapshotAssembly assembly = new SnapshotAssembly(chunks.get(0));
    Optional<byte[]> whole = Optional.empty();
    int transfers = 0;
    while (whole.isEmpty()) {
      assertThat(++transfers).isLessThan(100);
      for (Chunk chunk : chunks) {
        if (whole.isEmpty() && random.nextInt(10) > 0) {
          whole = assembly.add(chunk);
        }
      }
    }

    assertThat(whole).hasValueSatisfying(there -> assertThat(there).isEqualTo(bytes));
    assertThat(transfers).isGreaterThan(1);
  }

  @Test
  void moreThanIsReservedAheadIsPutTogetherToo() {
    byte[] bytes = bytes(2 * SnapshotAssembly.AHEAD + 77);
    List<Chunk> chunks = SnapshotAssembly.cut(7, bytes);
    SnapshotAssembly assembly = new SnapshotAssembly(chunks.get(0));
    Optional<byte[]> whole = Optional.empty();
    for (Chunk chunk : chunks) {
      whole = assembly.add(chunk);
    }

    assertThat(whole).hasValueSatisfying(there -> assertThat(there).isEqualTo(bytes));
  }

  @Test
  void aFlippedBitIsNoticed() {
    Chunk sent = SnapshotAssembly.cut(7, bytes(100)).get(0);
    byte[] flipped = bytes(100);
    flipped[50] ^= 1;
    Chunk came = new Chunk(7, 0, 1, sent.totalBytes(), sent.checksum(), ByteBuffer.wrap(flipped));
    SnapshotAssembly assembly = new SnapshotAssembly(came);

    assertThatThrownBy(() -> assembly.add(came)).hasMessageContaining("checksum");
  }

  @Test
  void aChunkOfAnotherSnapshotIsRefused() {
    SnapshotAssembly assembly = new SnapshotAssembly(SnapshotAssembly.cut(7, bytes(100)).get(0));

    assertThatThrownBy(() -> assembly.add(SnapshotAssembly.cut(7, bytes(101)).get(0)))
        .hasMessageContaining("does not belong");
    assertThatThrownBy(() -> assembly.add(SnapshotAssembly.cut(8, bytes(100)).get(0)))
        .hasMessageContaining("does not belong");
  }

  @Test
  void aClaimTakesLittleMemoryBeforeItsBytesAreThere() {
    int total = SnapshotAssembly.MAX_BYTES;
    int count = (total + SnapshotAssembly.CHUNK_BYTES - 1) / SnapshotAssembly.CHUNK_BYTES;
    Chunk first =
        new Chunk(1, 0, count, total, 0, ByteBuffer.allocate(SnapshotAssembly.CHUNK_BYTES));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThat(new SnapshotAssembly(first).add(first)).isEmpty();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(SnapshotAssembly.AHEAD + (1 << 20));
  }

  @Test
  void aLengthBombIsRefusedBeforeMemoryIsReserved() {
    assertThatThrownBy(
            () -> new SnapshotAssembly(new Chunk(1, 0, 1, Integer.MAX_VALUE, 0, NOTHING)))
        .hasMessageContaining("at most");
    assertThatThrownBy(() -> new SnapshotAssembly(new Chunk(1, 0, 1, -1, 0, NOTHING)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
