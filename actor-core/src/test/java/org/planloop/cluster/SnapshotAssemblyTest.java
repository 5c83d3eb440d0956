package org.planloop.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.protocol.Snapshots.Chunk;

class SnapshotAssemblyTest {
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
  void chunksInAnyOrderAndTwiceMakeTheWhole(int length) {
    List<Chunk> chunks = new java.util.ArrayList<>(SnapshotAssembly.cut(7, bytes(length)));
    Collections.shuffle(chunks, new Random(1));
    SnapshotAssembly assembly = new SnapshotAssembly(chunks.get(0));
    for (int i = 0; i < chunks.size() - 1; i++) {
      assertThat(assembly.add(chunks.get(i))).isEmpty();
      assertThat(assembly.add(chunks.get(i))).isEmpty();
    }

    assertThat(assembly.add(chunks.get(chunks.size() - 1)))
        .hasValueSatisfying(whole -> assertThat(whole).isEqualTo(bytes(length)));
  }

  @Test
  void aFlippedBitIsNoticed() {
    List<Chunk> chunks = SnapshotAssembly.cut(7, bytes(100));
    chunks.get(0).bytes()[50] ^= 1;
    SnapshotAssembly assembly = new SnapshotAssembly(chunks.get(0));

    assertThatThrownBy(() -> assembly.add(chunks.get(0))).hasMessageContaining("checksum");
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
  void aClaimTakesNoMemoryBeforeItsBytesAreThere() {
    int total = SnapshotAssembly.MAX_BYTES;
    int count = (total + SnapshotAssembly.CHUNK_BYTES - 1) / SnapshotAssembly.CHUNK_BYTES;
    Chunk first = new Chunk(1, 0, count, total, 0, new byte[SnapshotAssembly.CHUNK_BYTES]);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThat(new SnapshotAssembly(first).add(first)).isEmpty();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  @Test
  void aLengthBombIsRefusedBeforeMemoryIsReserved() {
    assertThatThrownBy(
            () -> new SnapshotAssembly(new Chunk(1, 0, 1, Integer.MAX_VALUE, 0, new byte[0])))
        .hasMessageContaining("at most");
    assertThatThrownBy(() -> new SnapshotAssembly(new Chunk(1, 0, 1, -1, 0, new byte[0])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
