package org.planloop.fitting;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/**
 * One side's rows, split into those that are trained on and those that the model is judged by.
 *
 * @param training rows that batches are drawn from
 * @param judging rows that losses are measured on: those held out, or a sample where none are
 * @param heldOut whether {@code judging} shares no row with {@code training}
 */
record SplitSide(int[] training, int[] judging, boolean heldOut) {
  /** Rows judged by: enough for two digits of a loss. */
  private static final int MOST_JUDGED = 10_000;

  /**
   * @param size rows of the side
   * @param trained whether batches are drawn from the side at all; if not, no row of it is seen
   * @param validation share of the rows that is held out
   * @param random consumed in a way that depends on {@code size} alone
   */
  static SplitSide of(int size, boolean trained, double validation, RandomStream random) {
    int[] rows = new int[size];
    for (int i = 0; i < size; i++) {
      int j = random.nextInt(i + 1);
      rows[i] = rows[j];
      rows[j] = i;
    }
    if (!trained) {
      return new SplitSide(new int[0], Arrays.copyOf(rows, Math.min(size, MOST_JUDGED)), true);
    }
    if (validation == 0 || size < 2) {
      return new SplitSide(rows, Arrays.copyOf(rows, Math.min(size, MOST_JUDGED)), false);
    }
    int held = (int) Math.max(1, Math.min(Math.round(validation * size), size - 1));
    return new SplitSide(
        Arrays.copyOfRange(rows, held, size),
        Arrays.copyOf(rows, Math.min(held, MOST_JUDGED)),
        true);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SplitSide that
        && Arrays.equals(training, that.training)
        && Arrays.equals(judging, that.judging)
        && heldOut == that.heldOut;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(training) * 31 + Arrays.hashCode(judging);
  }

  @Override
  public String toString() {
    return "SplitSide[" + training.length + " trained on, " + judging.length + " judged by]";
  }
}
