package org.planloop.replay;

import java.nio.file.Path;

/**
 * Where a segment file stops making sense. Opening the store sets aside everything from there on.
 *
 * @param segment the file
 * @param offset where
 * @param bytes from there to the file's end
 * @param reason what is wrong
 * @param wholeChunks chunks behind it that are whole
 * @param wholeRows their rows
 */
public record StoreFlaw(
    Path segment, long offset, long bytes, String reason, int wholeChunks, long wholeRows) {

  /**
   * Whether nothing whole follows: a torn end, as a crash leaves it or a running campaign that is
   * just writing. Of a sound disk, what was confirmed is not in it.
   */
  public boolean tornEnd() {
    return wholeChunks == 0 && offset > 0;
  }

  @Override
  public String toString() {
    String line = segment + ": " + reason + " at byte " + offset;
    return tornEnd()
        ? line + "; the last " + bytes + " bytes are torn, being written or damaged"
        : line + "; " + wholeChunks + " whole chunks with " + wholeRows + " rows are behind it";
  }
}
