package org.planloop.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.planloop.protocol.Snapshots.Chunk;

/**
 * Cuts an encoded snapshot into chunks and puts it together again. What comes twice is passed over;
 * so is what follows a lost chunk, until a further transfer brings that one.
 */
final class SnapshotAssembly {
  /** Leaves room for the envelope in a frame of 256 KiB. */
  static final int CHUNK_BYTES = 192 * 1024;

  /**
   * No snapshot that a planner can use is larger; a length beyond it is refused at the first chunk.
   */
  static final int MAX_BYTES = 1 << 30;

  /** Most bytes that are reserved before they are there, whatever a first chunk claims. */
  static final int AHEAD = 16 << 20;

  private final Chunk first;
  private final int totalBytes;
  private final CRC32C checksum = new CRC32C();
  private byte[] bytes;

  /** The chunk that is appended next: all before it are in {@link #bytes}. */
  private int next;

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
    this.bytes = new byte[Math.min(totalBytes, AHEAD)];
  }

  /** The chunks of a snapshot; they look into {@code bytes}. */
  static List<Chunk> cut(int version, byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int count = chunks(bytes.length);
    List<Chunk> chunks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int from = i * CHUNK_BYTES;
      ByteBuffer piece = ByteBuffer.wrap(bytes, from, Math.min(bytes.length - from, CHUNK_BYTES));
      chunks.add(
          new Chunk(
              version, i, count, bytes.length, checksum.getValue(), piece.asReadOnlyBuffer()));
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
    ByteBuffer piece = chunk.bytes();
    boolean fits =
        chunk.version() == first.version()
            && chunk.checksum() == first.checksum()
            && chunk.totalBytes() == totalBytes
            && chunk.index() >= 0
            && chunk.index() < first.count()
            && piece.remaining() == Math.min(totalBytes - chunk.index() * CHUNK_BYTES, CHUNK_BYTES);
    if (!fits) {
      throw new IllegalArgumentException(
          "chunk " + chunk.index() + " does not belong to snapshot " + first.version());
    }
    if (chunk.index() != next) {
      return Optional.empty();
    }
    append(piece);
    if (next < first.count()) {
      return Optional.empty();
    }
    if (checksum.getValue() != first.checksum()) {
      throw new IllegalArgumentException("snapshot " + first.version() + " fails its checksum");
    }
    return Optional.of(bytes);
  }

  private void append(ByteBuffer piece) {
    int from = next * CHUNK_BYTES;
    int end = from + piece.remaining();
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(totalBytes, 2L * bytes.length));
    }
    piece.get(piece.position(), bytes, from, piece.remaining());
    checksum.update(bytes, from, piece.remaining());
    next++;
  }
}
