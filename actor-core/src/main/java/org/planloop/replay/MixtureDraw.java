package org.planloop.replay;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.planloop.data.RandomStream;

/**
 * Draws batches of which an exact share comes from the expert: the half and half of Ross and
 * Bagnell (2012), or any other fixed fraction f.
 *
 * <p>After k batches of B rows the expert's rows number floor(f B k): what a batch falls short of f
 * B carries to the next, so an odd batch with f = 1/2 alternates. The share is kept as an integer
 * fraction of the decimal the user wrote, so it is exact for any number of batches. Rows are drawn
 * uniformly with replacement. Not safe for use by several threads.
 */
public final class MixtureDraw {
  /** Digits of a fraction that count; ten to this power still leaves room for one carry. */
  private static final int DIGITS = 18;

  private final int expertRows;
  private final int learnerRows;
  private final int batchSize;
  private final int whole;
  private final long remainder;
  private final long denominator;
  private long carry;

  /**
   * @param expertRows rows of the expert's side
   * @param learnerRows rows of the learner's side
   * @param expertFraction f, from 0 (learner only) to 1 (expert only)
   * @param batchSize B
   * @throws IllegalArgumentException if a side that the fraction draws from is empty, naming it: a
   *     mixture never falls back to the other side
   */
  public MixtureDraw(int expertRows, int learnerRows, double expertFraction, int batchSize) {
    if (!(expertFraction >= 0 && expertFraction <= 1)) {
      throw new IllegalArgumentException("expert fraction must be from 0 to 1: " + expertFraction);
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be 1 or more: " + batchSize);
    }
    requireRows("expert", expertRows, expertFraction > 0, expertFraction);
    requireRows("learner", learnerRows, expertFraction < 1, expertFraction);
    this.expertRows = expertRows;
    this.learnerRows = learnerRows;
    this.batchSize = batchSize;
    BigInteger one = BigInteger.TEN.pow(DIGITS);
    BigInteger[] share =
        BigDecimal.valueOf(expertFraction)
            .setScale(DIGITS, RoundingMode.HALF_EVEN)
            .unscaledValue()
            .multiply(BigInteger.valueOf(batchSize))
            .divideAndRemainder(one);
    whole = share[0].intValueExact();
    remainder = share[1].longValueExact();
    denominator = one.longValueExact();
  }

  private static void requireRows(String side, int rows, boolean needed, double fraction) {
    if (rows < 0) {
      throw new IllegalArgumentException("the " + side + " side has " + rows + " rows");
    }
    if (needed && rows == 0) {
      throw new IllegalArgumentException(
          "the "
              + side
              + " side is empty, but the expert fraction "
              + fraction
              + " draws from it; collect "
              + side
              + " data first or choose a strategy that does without");
    }
  }

  /** How many rows of the next batch are the expert's; each call is one batch. */
  public int nextExpertCount() {
    carry += remainder;
    if (carry < denominator) {
      return whole;
    }
    carry -= denominator;
    return whole + 1;
  }

  /**
   * Draws the next batch's row indices, the expert's first, then the learner's.
   *
   * @param rows filled from {@code offset} on with B indices; the first ones, as many as are
   *     returned, are rows of the expert's side, the others of the learner's
   * @return how many are the expert's
   */
  public int nextBatch(RandomStream random, int[] rows, int offset) {
    int expert = nextExpertCount();
    draw(random, expertRows, rows, offset, expert);
    draw(random, learnerRows, rows, offset + expert, batchSize - expert);
    return expert;
  }

  /**
   * Draws {@code count} rows uniformly with replacement; one number of the stream a row.
   *
   * @param size rows to draw from, positive
   * @param rows filled from {@code offset} on
   */
  public static void draw(RandomStream random, int size, int[] rows, int offset, int count) {
    long bound = 2L * size;
    for (int i = offset; i < offset + count; i++) {
      // x size / 2^63 for x uniform below 2^63 (Lemire 2019, without rejection: bias below 2^-32).
      rows[i] = (int) Math.multiplyHigh(random.nextLong() >>> 1, bound);
    }
  }
}
