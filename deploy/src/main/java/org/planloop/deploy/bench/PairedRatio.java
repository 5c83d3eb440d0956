package org.planloop.deploy.bench;

import java.util.OptionalDouble;
import org.planloop.campaign.ReturnEstimate;

/**
 * How many times as large one thing is as another, from pairs: the geometric mean of the pairs'
 * ratios and its 95 % interval after Student's t, both of the logarithms. A drift that both of a
 * pair share leaves no trace.
 *
 * @param mean the geometric mean
 * @param low lower end of the interval; 0 for a single pair
 * @param high upper end; infinite for a single pair
 * @param pairs how many
 */
public record PairedRatio(double mean, double low, double high, int pairs) {
  /**
   * The ratio of {@code above[i]} to {@code below[i]}.
   *
   * @param above all positive
   * @param below all positive, as many, at least one
   */
  static PairedRatio of(double[] above, double[] below) {
    if (above.length != below.length || above.length == 0) {
      throw new IllegalArgumentException(
          "pairs need two of the same number: " + above.length + " and " + below.length);
    }
    double[] logs = new double[above.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.log(above[i] / below[i]);
    }
    ReturnEstimate estimate = ReturnEstimate.of(logs);
    double mean = estimate.mean().orElseThrow();
    OptionalDouble half = estimate.ci95();
    return new PairedRatio(
        Math.exp(mean),
        Math.exp(mean - half.orElse(Double.POSITIVE_INFINITY)),
        Math.exp(mean + half.orElse(Double.POSITIVE_INFINITY)),
        logs.length);
  }
}
