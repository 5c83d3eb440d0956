package org.planloop.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** What is wrong with a header that the file ends in. */
  static final String CUT_SHORT = "a chunk's header was cut short";

  /** What is wrong with a chunk some bits of which are others. */
  static final String WRONG_CHECKSUM = "a chunk's checksum is wrong";

  /** The first word of a chunk: "PLCH". */
  static final int MAGIC = 0x48434c50;

  private static final int COUNT = 28;
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
        .putInt(COUNT, count)
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
      return bad(CUT_SHORT);
    }
    ByteBuffer header = segment.slice(offset, BYTES).order(ByteOrder.LITTLE_ENDIAN);
    String problem = problemOf(header, remaining, rowBytes);
    if (!problem.isEmpty()) {
      return bad(problem);
    }
    int rowsBytes = header.getInt(COUNT) * rowBytes;
    CRC32C crc = checksumOf(header);
    crc.update(segment.slice(offset + BYTES, rowsBytes));
    return (int) crc.getValue() == header.getInt(CHECKED_BYTES)
        ? parse(header, side)
        : bad(WRONG_CHECKSUM);
  }

  /**
   * Why no chunk of which all rows are there begins here, or an empty text; neither the key nor the
   * checksum is looked at.
   *
   * @param header {@link #BYTES} bytes, little-endian
   * @param remaining bytes from its beginning to the file's end
   */
  static String problemOf(ByteBuffer header, long remaining, int rowBytes) {
    if (header.getInt(0) != MAGIC) {
      return "no chunk begins here";
    }
    int count = header.getInt(COUNT);
    if (header.getInt(40) != rowBytes) {
      return "a chunk's rows are of another width";
    }
    if (count < 1 || (long) count * rowBytes > remaining - BYTES) {
      return "a chunk of " + count + " rows was cut short";
    }
    return "";
  }

  /** The checksum so far: the rows are still to come. */
  static CRC32C checksumOf(ByteBuffer header) {
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, CHECKED_BYTES));
    return crc;
  }

  /** The checksum that a header states. */
  static int statedChecksum(ByteBuffer header) {
    return header.getInt(CHECKED_BYTES);
  }

  /** What a header says whose {@link #problemOf} is none. */
  static Found parse(ByteBuffer header, Provenance side) {
    if (header.getInt(4) != (side == Provenance.EXPERT ? 0 : 1)) {
      return bad("a chunk belongs to the other side");
    }
    int iteration = header.getInt(8);
    int job = header.getInt(12);
    int attempt = header.getInt(16);
    int chunk = header.getInt(20);
    if (iteration < 0 || job < 0 || attempt < 0 || chunk < 0) {
      return bad("a chunk's key has a negative number");
    }
    return new Found(
        new ChunkHeader(
            new ChunkKey(new JobKey(side, iteration, job, attempt), chunk),
            header.getInt(24),
            header.getLong(32),
            header.getInt(COUNT)),
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
