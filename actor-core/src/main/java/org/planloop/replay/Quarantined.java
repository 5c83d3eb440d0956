package org.planloop.replay;

import java.nio.file.Path;

/**
 * Bytes that were set aside when the store was opened: the torn end of a file that was being
 * written, or a part that has gone bad.
 *
 * @param segment the file they were in
 * @param offset where in it
 * @param bytes how many
 * @param reason what was wrong with the first of them
 * @param keptAs the file they are in now
 */
public record Quarantined(Path segment, long offset, long bytes, String reason, Path keptAs) {
  @Override
  public String toString() {
    return segment
        + ": "
        + reason
        + " at byte "
        + offset
        + "; "
        + bytes
        + " bytes were set aside as "
        + keptAs;
  }
}
