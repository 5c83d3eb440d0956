package org.planloop.fitting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What a linear model leaves of a row: y = t - W z. Most models that a fit corrects are nearly
 * empty (a state stays as it is), those that it finds are full; either is multiplied in its own
 * way. Safe for use by several threads.
 */
final class ResidualMap {
  /** Share of the entries above which all of them are multiplied. */
  private static final double FULL = 0.25;

  /** Inputs whose columns are multiplied in at once. */
  private static final int GROUP = 4;

  /** Entries that follow one another along a diagonal of W, each the negative of W's. */
  private record Run(int input, int output, double[] factors) {}

  private final int inputs;
  private final int outputs;
  private final Run[] runs;

  /** Columns of -W, rounded up to whole groups of them; none where W is nearly empty. */
  private final double[][] columns;

  /**
   * @param weights W, shape [Y, Z]
   */
  ResidualMap(int outputs, int inputs, double[] weights) {
    this.inputs = inputs;
    this.outputs = outputs;
    int entries = 0;
    for (double weight : weights) {
      entries += weight != 0 ? 1 : 0;
    }
    boolean full = entries > FULL * weights.length;
    runs = full ? new Run[0] : runs(weights);
    columns = new double[full ? (inputs + GROUP - 1) / GROUP * GROUP : 0][outputs];
    for (int j = 0; full && j < inputs; j++) {
      for (int i = 0; i < outputs; i++) {
        columns[j][i] = -weights[i * inputs + j];
      }
    }
  }

  private Run[] runs(double[] weights) {
    List<Run> found = new ArrayList<>();
    for (int diagonal = 1 - outputs; diagonal < inputs; diagonal++) {
      int output = Math.max(0, -diagonal);
      while (output < outputs && output + diagonal < inputs) {
        int from = output;
        double[] factors = new double[outputs];
        while (output < outputs
            && output + diagonal < inputs
            && weights[output * inputs + output + diagonal] != 0) {
          factors[output - from] = -weights[output * inputs + output + diagonal];
          output++;
        }
        if (output > from) {
          found.add(new Run(from + diagonal, from, Arrays.copyOf(factors, output - from)));
        } else {
          output++;
        }
      }
    }
    // A run of all outputs comes first: it is subtracted while t is copied.
    found.sort(Comparator.comparingInt(run -> -run.factors.length));
    return found.toArray(Run[]::new);
  }

  /**
   * Writes y = t - W z behind z.
   *
   * @param t holds t of shape [Y] from an index on
   * @param row z of shape [Z], and room for y
   */
  void read(float[] t, int from, double[] row) {
    int rest = 0;
    if (runs.length > 0 && runs[0].factors.length == outputs) {
      Run first = runs[rest++];
      for (int i = 0; i < outputs; i++) {
        row[inputs + i] = Math.fma(first.factors[i], row[first.input + i], t[from + i]);
      }
    } else {
      for (int i = 0; i < outputs; i++) {
        row[inputs + i] = t[from + i];
      }
    }
    for (; rest < runs.length; rest++) {
      Run run = runs[rest];
      int output = inputs + run.output;
      for (int k = 0; k < run.factors.length; k++) {
        row[output + k] = Math.fma(run.factors[k], row[run.input + k], row[output + k]);
      }
    }
    int last = inputs - 1;
    for (int j = 0; j < columns.length; j += GROUP) {
      // Behind the last input the columns are empty: any number will do.
      add(
          row,
          inputs,
          row[j],
          columns[j],
          row[Math.min(j + 1, last)],
          columns[j + 1],
          row[Math.min(j + 2, last)],
          columns[j + 2],
          row[Math.min(j + 3, last)],
          columns[j + 3],
          outputs);
    }
  }

  /** {@code row} += sum of z_j c_j from an index on, along {@code count} entries. */
  private static void add(
      double[] row,
      int from,
      double z0,
      double[] c0,
      double z1,
      double[] c1,
      double z2,
      double[] c2,
      double z3,
      double[] c3,
      int count) {
    for (int i = 0; i < count; i++) {
      double sum = Math.fma(z1, c1[i], Math.fma(z0, c0[i], row[from + i]));
      row[from + i] = Math.fma(z3, c3[i], Math.fma(z2, c2[i], sum));
    }
  }
}
