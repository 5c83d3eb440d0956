package org.planloop.data;

import java.math.BigDecimal;

/** Numbers as they stand in every file that scripts read: plain decimals, no exponent, no NaN. */
public final class PlainDecimal {
  private PlainDecimal() {}

  /**
   * The shortest decimal that reads back as the same double.
   *
   * @throws ArithmeticException if the value is NaN or infinite: the caller decides what stands for
   *     it
   */
  public static BigDecimal of(double value) {
    if (!Double.isFinite(value)) {
      throw new ArithmeticException("no decimal for " + value);
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return decimal.scale() < 0 ? decimal.setScale(0) : decimal;
  }

  /** {@link #of} as text: {@code 0.00001}, {@code 200}, {@code -8.1}. */
  public static String text(double value) {
    return of(value).toPlainString();
  }
}
