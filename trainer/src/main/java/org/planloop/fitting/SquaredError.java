package org.planloop.fitting;

import java.util.OptionalDouble;

/**
 * A sum of squared errors that was not summed row by row, but follows from sums of products.
 *
 * @param value the sum
 * @param rounding what rounding may have put on it, or taken off it
 */
record SquaredError(double value, double rounding) {
  static final SquaredError NONE = new SquaredError(0, 0);

  private static final double TOLERANCE = 1e-9;

  SquaredError plus(SquaredError other) {
    return new SquaredError(value + other.value, rounding + other.rounding);
  }

  /**
   * The mean of {@code count} of them.
   *
   * @return empty where there are none, or the value has less than nine good digits: what a model
   *     leaves is then so small beside what it explains that the rows must be asked
   */
  OptionalDouble mean(double count) {
    return count > 0 && rounding <= TOLERANCE * value
        ? OptionalDouble.of(value / count)
        : OptionalDouble.empty();
  }
}
