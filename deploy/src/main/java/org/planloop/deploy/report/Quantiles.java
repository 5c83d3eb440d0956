package org.planloop.deploy.report;

/** Order statistics. */
public final class Quantiles {
  private Quantiles() {}

  /** A quantile of ascending values, by linear interpolation; NaN of nothing. */
  public static double of(double[] sorted, double q) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double position = q * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /** The median of values in any order; NaN of nothing. */
  public static double median(double... values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    return of(sorted, 0.5);
  }
}
