package org.planloop.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
   * No snapshot that a planner can use is larger; a length beyond it is refused at the first chunk.
   */
  static final int MAX_BYTES = 1 << 30;

  private final Chunk first;
  private final int totalBytes;

  /** By index; a chunk takes memory once it is there, whatever the first one claims. */
  private final SortedMap<Integer, byte[]> pieces = new TreeMap<>();

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
    this.totalBytes = first.totalBytes();
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
    boolean fits =
        chunk.version() == first.version()
            && chunk.checksum() == first.checksum()
            && chunk.totalBytes() == totalBytes
            && chunk.index() >= 0
            && chunk.index() < first.count()
            && chunk.bytes().length
                == Math.min(totalBytes - chunk.index() * CHUNK_BYTES, CHUNK_BYTES);
    if (!fits) {
      throw new IllegalArgumentException(
          "chunk " + chunk.index() + " does not belong to snapshot " + first.version());
    }
    pieces.put(chunk.index(), chunk.bytes());
    if (pieces.size() < first.count()) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.allocate(totalBytes);
    pieces.values().forEach(whole::put);
    byte[] bytes = whole.array();
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
