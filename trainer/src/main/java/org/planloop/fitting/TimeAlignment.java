package org.planloop.fitting;

import java.util.Arrays;

/**
 * Dynamic time warping (Sakoe and Chiba 1978): which sample of a demonstration belongs to each step
 * of a target. From step to step the demonstration goes on by 0, 1 or 2 samples; it begins and ends
 * with the target. Exact, by dynamic programming.
 */
public final class TimeAlignment {
  private static final int MOST_SAMPLES = 2;

  private TimeAlignment() {}

  /** What it costs that a sample belongs to a step; never NaN. */
  @FunctionalInterface
  public interface Mismatch {
    double of(int step, int sample);
  }

  /**
   * The alignment of least total cost; of equals the one that goes on evenly.
   *
   * @param steps of the target, at least 1
   * @param samples of the demonstration
   * @param advanceCost what it costs to go on by 0, 1 or 2 samples: minus the logarithm of its
   *     probability, for example
   * @return the sample of each step, shape [steps]
   * @throws IllegalArgumentException if so many samples cannot be passed in so few steps, or none
   *     are there
   */
  public static int[] align(int steps, int samples, Mismatch mismatch, double[] advanceCost) {
    if (samples < 1 || steps < 1 || samples - 1 > MOST_SAMPLES * (steps - 1)) {
      throw new IllegalArgumentException(
          samples
              + " samples cannot be passed in "
              + steps
              + " steps of at most "
              + MOST_SAMPLES
              + " each");
    }
    double[] before = new double[samples];
    double[] here = new double[samples];
    byte[][] advance = new byte[steps][samples];
    Arrays.fill(before, Double.POSITIVE_INFINITY);
    before[0] = mismatch.of(0, 0);
    for (int t = 1; t < steps; t++) {
      for (int j = 0; j < samples; j++) {
        double least = Double.POSITIVE_INFINITY;
        for (int d : new int[] {1, 0, MOST_SAMPLES}) {
          if (j >= d && before[j - d] + advanceCost[d] < least) {
            least = before[j - d] + advanceCost[d];
            advance[t][j] = (byte) d;
          }
        }
        here[j] = least == Double.POSITIVE_INFINITY ? least : least + mismatch.of(t, j);
      }
      double[] swap = before;
      before = here;
      here = swap;
    }
    int[] alignment = new int[steps];
    alignment[steps - 1] = samples - 1;
    for (int t = steps - 1; t > 0; t--) {
      alignment[t - 1] = alignment[t] - advance[t][alignment[t]];
    }
    return alignment;
  }
}
