package org.planloop.replay;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;

/**
 * What stands before the rows of a chunk: twelve words, the last of which is the CRC32C of the
 * other eleven and of the rows.
 *
 * @param policyVersion the snapshot that acted
 * @param epoch the campaign's
 * @param count rows that follow
 */
record ChunkHeader(ChunkKey key, int policyVersion, long epoch, int count) {
  static final int BYTES = 48;

  private static final int MAGIC = 0x48434c50; // "PLCH"
  private static final int CHECKED_BYTES = BYTES - Integer.BYTES;

  /**
   * Puts the header at index 0 of a buffer in which its rows already follow.
   *
   * @param chunk little-endian; from index 0 to its limit is the chunk
   */
  void write(ByteBuffer chunk, int rowBytes) {
    JobKey job = key.job();
    chunk
        .putInt(0, MAGIC)
        .putInt(4, job.provenance() == Provenance.EXPERT ? 0 : 1)
        .putInt(8, job.iteration())
        .putInt(12, job.job())
        .putInt(16, job.attempt())
        .putInt(20, key.chunk())
        .putInt(24, policyVersion)
        .putInt(28, count)
        .putLong(32, epoch)
        .putInt(40, rowBytes)
        .putInt(CHECKED_BYTES, checksum(chunk, 0, count * rowBytes));
  }

  /** What stands at an offset of a segment: a chunk, or why it is none. */
  record Found(@Nullable ChunkHeader header, String problem) {}

  /**
   * Reads the chunk at an offset and checks it. Nothing is allocated by what the bytes say.
   *
   * @param segment little-endian
   */
  static Found read(ByteBuffer segment, int offset, Provenance side, int rowBytes) {
    int remaining = segment.limit() - offset;
    if (remaining < BYTES) {
      return bad("a chunk's header was cut short");
    }
    if (segment.getInt(offset) != MAGIC) {
      return bad("no chunk begins here");
    }
    int count = segment.getInt(offset + 28);
    if (segment.getInt(offset + 40) != rowBytes) {
      return bad("a chunk's rows are of another width");
    }
    if (count < 1 || (long) count * rowBytes > remaining - BYTES) {
      return bad("a chunk of " + count + " rows was cut short");
    }
    if (segment.getInt(offset + CHECKED_BYTES) != checksum(segment, offset, count * rowBytes)) {
      return bad("a chunk's checksum is wrong");
    }
    if (segment.getInt(offset + 4) != (side == Provenance.EXPERT ? 0 : 1)) {
      return bad("a chunk belongs to the other side");
    }
    JobKey job =
        new JobKey(
            side,
            segment.getInt(offset + 8),
            segment.getInt(offset + 12),
            segment.getInt(offset + 16));
    return new Found(
        new ChunkHeader(
            new ChunkKey(job, segment.getInt(offset + 20)),
            segment.getInt(offset + 24),
            segment.getLong(offset + 32),
            count),
        "");
  }

  private static Found bad(String problem) {
    return new Found(null, problem);
  }

  private static int checksum(ByteBuffer bytes, int offset, int rowsBytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(offset, CHECKED_BYTES));
    crc.update(bytes.slice(offset + BYTES, rowsBytes));
    return (int) crc.getValue();
  }
}
