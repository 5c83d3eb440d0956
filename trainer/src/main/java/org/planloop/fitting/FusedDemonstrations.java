package org.planloop.fitting;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The path that several imperfect demonstrations intend (Coates, Abbeel and Ng 2008): a hidden path
 * of which each demonstration is a copy in a time of its own and with an error of its own. EM:
 * align each demonstration in time with the present path ({@link TimeAlignment}), smooth all of
 * them together ({@link PathSmoother}), learn from the result how large the errors of each are in
 * each coordinate, how fast the path bends and how evenly time passes, and repeat.
 *
 * @param path the hidden path, shape [T][C]; T is the median length of the demonstrations
 * @param alignments which sample of each demonstration belongs to each step, shape [K][T]
 * @param errors variance of each demonstration's error in each coordinate, shape [K][C]
 */
public record FusedDemonstrations(double[][] path, int[][] alignments, double[][] errors) {
  private static final double FIRST_ERROR = 0.1;
  private static final double FIRST_BEND = 1e-4;
  private static final double LEAST_VARIANCE = 1e-10;

  /** As if each way to go on had been seen this often before. */
  private static final double PRIOR_COUNT = 5;

  /** How much the mean of all demonstrations' variances counts beside a demonstration's own. */
  private static final double PRIOR_SHARE = 0.5;

  private static final int ADVANCES = 3;

  /**
   * Fuses demonstrations.
   *
   * @param demonstrations each of shape [samples][C]; angles must not jump (quaternions of one
   *     sign)
   * @param groups which coordinates are of one kind (the axes of a position, the parts of a
   *     quaternion) and share their variances: an index from 0 for each, shape [C]
   * @param iterations of EM, at least 1
   */
  public static FusedDemonstrations of(
      List<double[][]> demonstrations, int[] groups, int iterations) {
    if (demonstrations.isEmpty() || iterations < 1) {
      throw new IllegalArgumentException(
          "fusing needs a demonstration and an iteration: "
              + demonstrations.size()
              + " and "
              + iterations);
    }
    List<double[][]> byLength =
        demonstrations.stream().sorted(Comparator.comparingInt(d -> d.length)).toList();
    return new Fusion(demonstrations, groups, byLength.get(byLength.size() / 2)).run(iterations);
  }

  /** EM under way. */
  private static final class Fusion {
    private final List<double[][]> demonstrations;
    private final int[] groups;
    private final int steps;
    private final int width;
    private final double[][] path;
    private final double[][] variances;
    private final double[][] errors;
    private final double[] bends;
    private final int[][] alignments;
    private final double[] advanceCost;

    Fusion(List<double[][]> demonstrations, int[] groups, double[][] first) {
      this.demonstrations = demonstrations;
      this.groups = groups;
      this.steps = first.length;
      this.width = first[0].length;
      path = Arrays.stream(first).map(double[]::clone).toArray(double[][]::new);
      variances = new double[steps][width];
      errors = new double[demonstrations.size()][width];
      bends = new double[width];
      alignments = new int[demonstrations.size()][];
      advanceCost = new double[ADVANCES];
      for (double[] error : errors) {
        Arrays.fill(error, FIRST_ERROR);
      }
      Arrays.fill(bends, FIRST_BEND);
      Arrays.fill(advanceCost, Math.log(ADVANCES));
    }

    FusedDemonstrations run(int iterations) {
      for (int i = 0; i < iterations; i++) {
        for (int k = 0; k < alignments.length; k++) {
          alignments[k] = align(k);
        }
        learnAdvances();
        double[] changes = new double[width];
        Arrays.setAll(changes, this::smooth);
        share(changes, bends);
        learnErrors();
      }
      return new FusedDemonstrations(path, alignments, errors);
    }

    private int[] align(int k) {
      double[][] samples = demonstrations.get(k);
      return TimeAlignment.align(
          steps,
          samples.length,
          (step, sample) -> {
            double sum = 0;
            for (int c = 0; c < width; c++) {
              double difference = samples[sample][c] - path[step][c];
              sum += difference * difference / errors[k][c] / 2;
            }
            return sum;
          },
          advanceCost);
    }

    private void learnAdvances() {
      double[] counts = new double[ADVANCES];
      Arrays.fill(counts, PRIOR_COUNT);
      double total = PRIOR_COUNT * ADVANCES;
      for (int[] alignment : alignments) {
        for (int t = 1; t < steps; t++) {
          counts[alignment[t] - alignment[t - 1]]++;
          total++;
        }
      }
      for (int d = 0; d < ADVANCES; d++) {
        advanceCost[d] = -Math.log(counts[d] / total);
      }
    }

    /** All demonstrations of a step as one observation, each by its precision. */
    private double smooth(int c) {
      double[] observed = new double[steps];
      double[] noise = new double[steps];
      for (int t = 0; t < steps; t++) {
        double precision = 0;
        for (int k = 0; k < alignments.length; k++) {
          precision += 1 / errors[k][c];
          observed[t] += demonstrations.get(k)[alignments[k][t]][c] / errors[k][c];
        }
        observed[t] /= precision;
        noise[t] = 1 / precision;
      }
      double reach =
          Arrays.stream(observed).max().orElseThrow() - Arrays.stream(observed).min().orElseThrow();
      PathSmoother smoother = new PathSmoother(observed, noise, bends[c], reach * reach + bends[c]);
      for (int t = 0; t < steps; t++) {
        path[t][c] = smoother.mean[t];
        variances[t][c] = smoother.variance[t];
      }
      return smoother.slopeChange;
    }

    /** The mean over each group, where each coordinate of it gets it. */
    private void share(double[] values, double[] result) {
      for (int c = 0; c < width; c++) {
        double sum = 0;
        int count = 0;
        for (int other = 0; other < width; other++) {
          if (groups[other] == groups[c]) {
            sum += values[other];
            count++;
          }
        }
        result[c] = Math.max(LEAST_VARIANCE, sum / count);
      }
    }

    /**
     * Errors wander slowly, so a path is far fewer samples of them than it has steps. Without a
     * prior the demonstration that happens to be nearest draws the path to itself until only it
     * counts.
     */
    private void learnErrors() {
      double[] mean = new double[width];
      for (int k = 0; k < alignments.length; k++) {
        double[] squares = new double[width];
        for (int c = 0; c < width; c++) {
          for (int t = 0; t < steps; t++) {
            double difference = demonstrations.get(k)[alignments[k][t]][c] - path[t][c];
            squares[c] += (difference * difference + variances[t][c]) / steps;
          }
        }
        share(squares, errors[k]);
        for (int c = 0; c < width; c++) {
          mean[c] += errors[k][c] / alignments.length;
        }
      }
      for (double[] error : errors) {
        for (int c = 0; c < width; c++) {
          error[c] = PRIOR_SHARE * mean[c] + (1 - PRIOR_SHARE) * error[c];
        }
      }
    }
  }
}
