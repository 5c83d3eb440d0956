package org.planloop.data;

import java.util.zip.CRC32C;

/** What tells whether a file of text or numbers is as it was written. */
public final class Checksum {
  private Checksum() {}

  /** CRC-32C of the bytes, as {@code crc32c:} and eight hexadecimal digits. */
  public static String of(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return String.format("crc32c:%08x", crc.getValue());
  }
}
