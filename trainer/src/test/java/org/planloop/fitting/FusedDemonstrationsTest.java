package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

class FusedDemonstrationsTest {
  private static final double[] EVEN = {1, 0.1, 1};

  @Test
  void aKnownWarpIsFound() {
    int[] warp = {0, 1, 1, 1, 2, 4, 6, 7, 8, 8, 9};
    // The target at step t is sample warp[t] of a path that never comes back to a value.
    int[] found =
        TimeAlignment.align(
            warp.length, 10, (t, j) -> Math.pow(warp[t] * warp[t] - j * j, 2), new double[3]);
    assertThat(found).isEqualTo(warp);
  }

  @Test
  void amongEqualsTimePassesEvenly() {
    assertThat(TimeAlignment.align(5, 5, (t, j) -> 0, EVEN)).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void theAlignmentIsTheBestOfAll() {
    RandomStream random = new RandomStream(8);
    double[][] cost = new double[6][7];
    for (double[] row : cost) {
      java.util.Arrays.setAll(row, j -> random.nextDouble());
    }
    int[] found = TimeAlignment.align(6, 7, (t, j) -> cost[t][j], EVEN);
    double total = cost[0][0];
    for (int t = 1; t < 6; t++) {
      total += cost[t][found[t]] + EVEN[found[t] - found[t - 1]];
    }
    assertThat(found[5]).isEqualTo(6);
    assertThat(total).isCloseTo(least(cost, 5, 6), within(1e-12));
  }

  /** By trying every way. */
  private static double least(double[][] cost, int step, int sample) {
    if (sample < 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (step == 0) {
      return sample == 0 ? cost[0][0] : Double.POSITIVE_INFINITY;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int d = 0; d <= 2; d++) {
      best = Math.min(best, least(cost, step - 1, sample - d) + EVEN[d]);
    }
    return best + cost[step][sample];
  }

  @Test
  void tooManySamplesCannotBePassed() {
    assertThatThrownBy(() -> TimeAlignment.align(3, 6, (t, j) -> 0, EVEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 samples");
  }

  @Test
  void theSmootherIsTheDirectLeastSquaresSolution() {
    double[] observed = {1, 3, Double.NaN, 2, 5, 4};
    double[] noise = {0.5, 1, Double.POSITIVE_INFINITY, 2, 0.3, 1};
    double q = 0.4;
    int n = observed.length;
    // v_t = x_t+1 - x_t, so the path minimises sum (y - x)^2 / r + sum (second difference)^2 / q
    // and the first slope's square by its variance.
    DMatrixRMaj left = new DMatrixRMaj(n, n);
    DMatrixRMaj right = new DMatrixRMaj(n, 1);
    for (int t = 0; t < n; t++) {
      if (noise[t] < Double.POSITIVE_INFINITY) {
        left.add(t, t, 1 / noise[t]);
        right.add(t, 0, observed[t] / noise[t]);
      }
    }
    double firstSlope = 3;
    left.add(0, 0, 1 / firstSlope);
    left.add(0, 1, -1 / firstSlope);
    left.add(1, 0, -1 / firstSlope);
    left.add(1, 1, 1 / firstSlope);
    double[] second = {1, -2, 1};
    for (int t = 0; t + 2 < n; t++) {
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
          left.add(t + i, t + j, second[i] * second[j] / q);
        }
      }
    }
    DMatrixRMaj inverse = new DMatrixRMaj(n, n);
    DMatrixRMaj path = new DMatrixRMaj(n, 1);
    assertThat(CommonOps_DDRM.invert(left, inverse)).isTrue();
    CommonOps_DDRM.mult(inverse, right, path);

    observed[2] = 0;
    PathSmoother smoother = new PathSmoother(observed, noise, q, firstSlope);
    for (int t = 0; t < n; t++) {
      assertThat(smoother.mean[t]).isCloseTo(path.get(t, 0), within(1e-10));
      assertThat(smoother.variance[t]).isCloseTo(inverse.get(t, t), within(1e-10));
    }
    // E of each second difference squared: its mean squared and its variance.
    double changes = q;
    for (int t = 0; t + 2 < n; t++) {
      double mean = 0;
      double variance = 0;
      for (int i = 0; i < 3; i++) {
        mean += second[i] * path.get(t + i, 0);
        for (int j = 0; j < 3; j++) {
          variance += second[i] * second[j] * inverse.get(t + i, t + j);
        }
      }
      changes += mean * mean + variance;
    }
    // The last change of the slope leads beyond the path, so nothing is known of it but q.
    assertThat(smoother.slopeChange).isCloseTo(changes / (n - 1), within(1e-10));
  }

  /** Copies of a path in other times, with white errors. */
  private static List<double[][]> copies(int count, double error) {
    RandomStream random = new RandomStream(1);
    List<double[][]> result = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      int samples = 100 + 2 * (k - count / 2);
      double[][] copy = new double[samples][];
      for (int j = 0; j < samples; j++) {
        double s = j / (samples - 1.0);
        double warped = s + 0.04 * (k - count / 2) * Math.sin(Math.PI * s) / count;
        copy[j] = truth(warped);
        copy[j][0] += error * random.nextGaussian();
        copy[j][1] += error * random.nextGaussian();
      }
      result.add(copy);
    }
    return result;
  }

  private static double[] truth(double s) {
    return new double[] {Math.sin(6 * s), Math.cos(9 * s) + 2 * s};
  }

  @Test
  void theFusedPathIsCloserToTheTruthThanTheBestCopy() {
    List<double[][]> copies = copies(7, 0.1);
    FusedDemonstrations fused = FusedDemonstrations.of(copies, new int[] {0, 0}, 10);
    double best =
        copies.stream().mapToDouble(FusedDemonstrationsTest::distance).min().orElseThrow();
    assertThat(best).isGreaterThan(0.08);
    assertThat(distance(fused.path())).isLessThan(0.5 * best);
    assertThat(fused.alignments()).hasDimensions(7, 100);
    for (double[] error : fused.errors()) {
      // Going on a little faster or slower explains a part of the errors of 0.1.
      assertThat(Math.sqrt(error[0])).isBetween(0.05, 0.1);
    }
  }

  /** Root mean square to the truth after alignment. */
  private static double distance(double[][] path) {
    int steps = 101;
    int[] aligned =
        TimeAlignment.align(
            steps, path.length, (t, j) -> square(path[j], truth(t / 100.0)), new double[3]);
    double sum = 0;
    for (int t = 0; t < steps; t++) {
      sum += square(path[aligned[t]], truth(t / 100.0)) / steps;
    }
    return Math.sqrt(sum);
  }

  private static double square(double[] a, double[] b) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
  }
}
