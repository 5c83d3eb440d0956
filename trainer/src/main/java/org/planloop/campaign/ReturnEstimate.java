package org.planloop.campaign;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * A mean return and how sure it is.
 *
 * @param mean the sample mean; empty without episodes
 * @param ci95 half width of the 95 % interval after Student's t; empty below two episodes
 * @param episodes sample size
 */
public record ReturnEstimate(OptionalDouble mean, OptionalDouble ci95, int episodes) {
  /** No episode. */
  public static final ReturnEstimate NONE =
      new ReturnEstimate(OptionalDouble.empty(), OptionalDouble.empty(), 0);

  /**
   * Estimates from whole episodes.
   *
   * @param returns one for each episode; all finite
   * @throws IllegalArgumentException if a return is not finite
   */
  public static ReturnEstimate of(double... returns) {
    for (double value : returns) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a return is not finite: " + value);
      }
    }
    int n = returns.length;
    if (n == 0) {
      return NONE;
    }
    double mean = Arrays.stream(returns).average().orElseThrow();
    if (n == 1) {
      return new ReturnEstimate(OptionalDouble.of(mean), OptionalDouble.empty(), 1);
    }
    double squares = 0;
    for (double value : returns) {
      squares += (value - mean) * (value - mean);
    }
    double standardError = Math.sqrt(squares / (n - 1) / n);
    return new ReturnEstimate(
        OptionalDouble.of(mean), OptionalDouble.of(StudentT.quantile975(n - 1) * standardError), n);
  }
}
