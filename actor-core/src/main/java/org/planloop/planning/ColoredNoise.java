package org.planloop.planning;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/**
 * Gaussian noise whose power falls with frequency as 1/f^exponent: neighbouring steps are
 * correlated, so a plan pushes in one direction long enough to matter.
 *
 * <p>Each frequency of a sequence of length H gets a random cosine and sine (Timmer and König 1995;
 * used for planning in iCEM, Pinneri et al. 2020); the constant part has the power of the lowest
 * frequency. Every step has a standard normal distribution exactly, and exponent 0 is white noise.
 * The transform is a product with an H x H matrix, which for the horizons of planning beats a fast
 * Fourier transform.
 */
final class ColoredNoise {
  /** The matrix has 8 MB here. */
  static final int LONGEST = 1000;

  private final int horizon;

  /** Row j is what a unit of the j-th normal number adds to the sequence; none for white noise. */
  private final double[][] waves;

  /**
   * @param horizon H, length of a sequence: at most {@link #LONGEST} for coloured noise, which
   *     {@link PlannerSettings} checks
   */
  ColoredNoise(int horizon, double exponent) {
    this.horizon = horizon;
    if (exponent == 0 || horizon == 1) {
      waves = new double[0][];
      return;
    }
    waves = new double[horizon][horizon];
    int row = 0;
    for (int k = 0; 2 * k <= horizon; k++) {
      double amplitude = Math.pow(Math.max(k, 1), -exponent / 2);
      boolean alone = k == 0 || 2 * k == horizon;
      for (int t = 0; t < horizon; t++) {
        // The index is reduced first: sine and cosine of large angles lose digits.
        double angle = 2 * Math.PI * ((long) k * t % horizon) / horizon;
        waves[row][t] = amplitude * Math.cos(angle) * (alone ? 1 : Math.sqrt(2));
        if (!alone) {
          waves[row + 1][t] = amplitude * Math.sin(angle) * Math.sqrt(2);
        }
      }
      row += alone ? 1 : 2;
    }
    normalize();
  }

  /** The variance is the same at every step; step 0 is the cheapest to sum. */
  private void normalize() {
    double variance = 0;
    for (double[] wave : waves) {
      variance += wave[0] * wave[0];
    }
    double scale = 1 / Math.sqrt(variance);
    for (double[] wave : waves) {
      for (int t = 0; t < horizon; t++) {
        wave[t] *= scale;
      }
    }
  }

  /**
   * Draws one sequence.
   *
   * @param sequence result, shape [H]
   */
  void sample(RandomStream random, double[] sequence) {
    if (waves.length == 0) {
      for (int t = 0; t < horizon; t++) {
        sequence[t] = random.nextGaussian();
      }
      return;
    }
    Arrays.fill(sequence, 0);
    for (double[] wave : waves) {
      double normal = random.nextGaussian();
      for (int t = 0; t < horizon; t++) {
        sequence[t] += normal * wave[t];
      }
    }
  }
}
