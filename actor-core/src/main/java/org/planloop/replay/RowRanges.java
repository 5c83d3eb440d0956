package org.planloop.replay;

/**
 * Consecutive ranges of rows: finds the range of a row by a hint for every 32 rows and a short
 * walk. Immutable.
 */
public final class RowRanges {
  private static final int HINT_SHIFT = 5;

  private final int[] starts;
  private final int[] hints;

  /**
   * @param starts the first row of each range, ascending from 0, and behind the last range the
   *     number of rows; given away
   */
  public RowRanges(int[] starts) {
    this.starts = starts;
    int ranges = starts.length - 1;
    hints = new int[(starts[ranges] >>> HINT_SHIFT) + 1];
    int range = 0;
    for (int hint = 0; hint < hints.length; hint++) {
      while (range + 1 < ranges && starts[range + 1] <= hint << HINT_SHIFT) {
        range++;
      }
      hints[hint] = range;
    }
  }

  /** All rows. */
  public int rows() {
    return starts[starts.length - 1];
  }

  /** The first row of a range, or with the number of ranges, {@link #rows}. */
  public int start(int range) {
    return starts[range];
  }

  /**
   * The range that holds a row.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public int find(int row) {
    if (row < 0 || row >= rows()) {
      throw new IndexOutOfBoundsException("row " + row + " of " + rows());
    }
    int range = hints[row >>> HINT_SHIFT];
    while (starts[range + 1] <= row) {
      range++;
    }
    return range;
  }

  /**
   * @throws IndexOutOfBoundsException unless {@code count} rows from {@code from} on exist
   */
  public void check(int from, int count) {
    if (from < 0 || count < 0 || from > rows() - count) {
      throw new IndexOutOfBoundsException(
          "rows " + from + " to " + ((long) from + count) + " of " + rows());
    }
  }
}
