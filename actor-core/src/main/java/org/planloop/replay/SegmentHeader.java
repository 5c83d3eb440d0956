package org.planloop.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.planloop.data.Provenance;

/** What stands at the beginning of a segment file: 256 bytes, the last four their CRC32C. */
record SegmentHeader(StoreIdentity identity, Provenance side) {
  static final int BYTES = 256;

  private static final int FORMAT = 1;
  private static final byte[] MAGIC = "PLANLOOP".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKED_BYTES = BYTES - Integer.BYTES;

  ByteBuffer toBytes() {
    byte[] campaign = identity.campaign().getBytes(StandardCharsets.UTF_8);
    RowLayout layout = identity.layout();
    ByteBuffer bytes =
        ByteBuffer.allocate(BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .putInt(FORMAT)
            .putInt(side == Provenance.EXPERT ? 0 : 1)
            .putInt(layout.stateSize())
            .putInt(layout.actionSize())
            .putInt(layout.bytes())
            .putInt(campaign.length)
            .put(campaign);
    bytes.putInt(CHECKED_BYTES, checksum(bytes));
    return bytes.rewind();
  }

  /**
   * Why a segment does not begin with this header, or an empty text where it does.
   *
   * @param segment little-endian
   */
  String problemOf(ByteBuffer segment) {
    if (segment.limit() < BYTES) {
      return "the file's header was cut short";
    }
    byte[] magic = new byte[MAGIC.length];
    segment.get(0, magic);
    if (!Arrays.equals(magic, MAGIC)) {
      return "the file is no segment of a replay store";
    }
    if (segment.getInt(CHECKED_BYTES) != checksum(segment)) {
      return "the checksum of the file's header is wrong";
    }
    int format = segment.getInt(MAGIC.length);
    if (format != FORMAT) {
      return "the file is of format " + format + ", this version reads " + FORMAT;
    }
    return segment.slice(0, BYTES).equals(toBytes())
        ? ""
        : "the file belongs to another campaign, side or experiment";
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, CHECKED_BYTES));
    return (int) crc.getValue();
  }
}
