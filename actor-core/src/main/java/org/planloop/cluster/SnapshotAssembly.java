package org.planloop.cluster;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.planloop.protocol.Snapshots.Chunk;

/**
 * Cuts an encoded snapshot into chunks and puts it together again; chunks may come twice and in any
 * order.
 */
final class SnapshotAssembly {
  /** Leaves room for the envelope in a frame of 256 KiB. */
  static final int CHUNK_BYTES = 192 * 1024;

  /**
   * No snapshot that a planner can use is larger; a length beyond it is refused before memory is
   * reserved.
   */
  static final int MAX_BYTES = 1 << 30;

  private final Chunk first;
  private final byte[] bytes;
  private final BitSet present = new BitSet();

  /**
   * @throws IllegalArgumentException if the chunk contradicts itself
   */
  SnapshotAssembly(Chunk first) {
    if (first.totalBytes() < 0
        || first.totalBytes() > MAX_BYTES
        || first.count() != chunks(first.totalBytes())) {
      throw new IllegalArgumentException(
          "snapshot "
              + first.version()
              + " claims "
              + first.totalBytes()
              + " bytes in "
              + first.count()
              + " chunks; at most "
              + MAX_BYTES
              + " are accepted");
    }
    this.first = first;
    this.bytes = new byte[first.totalBytes()];
  }

  static List<Chunk> cut(int version, byte[] bytes) {
    long checksum = checksum(bytes);
    int count = chunks(bytes.length);
    List<Chunk> chunks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = i * CHUNK_BYTES;
      byte[] piece =
          java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + CHUNK_BYTES));
      chunks.add(new Chunk(version, i, count, bytes.length, checksum, piece));
    }
    return chunks;
  }

  private static int chunks(int length) {
    return Math.max(1, (length + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /**
   * Adds a chunk.
   *
   * @return the whole snapshot, once it is complete
   * @throws IllegalArgumentException if the chunk does not belong here or the whole fails its
   *     checksum
   */
  Optional<byte[]> add(Chunk chunk) {
    int from = chunk.index() * CHUNK_BYTES;
    boolean fits =
        chunk.version() == first.version()
            && chunk.checksum() == first.checksum()
            && chunk.totalBytes() == bytes.length
            && chunk.index() >= 0
            && chunk.index() < first.count()
            && chunk.bytes().length == Math.min(bytes.length - from, CHUNK_BYTES);
    if (!fits) {
      throw new IllegalArgumentException(
          "chunk " + chunk.index() + " does not belong to snapshot " + first.version());
    }
    System.arraycopy(chunk.bytes(), 0, bytes, from, chunk.bytes().length);
    present.set(chunk.index());
    if (present.cardinality() < first.count()) {
      return Optional.empty();
    }
    if (checksum(bytes) != first.checksum()) {
      throw new IllegalArgumentException("snapshot " + first.version() + " fails its checksum");
    }
    return Optional.of(bytes);
  }

  private static long checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }
}
