package org.planloop.fitting;

import org.planloop.data.RankThree;

/**
 * The sums that a linear regression of y on z needs: G = sum z z', b = sum z y', the sums of the
 * squares of y, and the number of rows. They add up across blocks, sides and machines; how rows are
 * weighted is decided afterwards.
 *
 * <p>A row is z followed by y. Three rows at a time are multiplied into two lines of (G, b) at
 * once, from the diagonal on ({@link RankThree}). Each sum takes its rows one after the other in
 * fused multiply-adds, so the same rows in the same order give the same sums to the bit, however
 * they are grouped.
 *
 * <p>Not safe for use by several threads.
 */
public final class GramSums {
  /** Rounding of one addition, relative to the sum. */
  private static final double ROUNDING = 0x1p-53;

  /** Additions that the rounding of small sums is counted as, to be on the safe side. */
  private static final double FEW_ROWS = 4096;

  private final int inputs;
  private final int outputs;
  private final double[][] waiting;

  /** Line i holds (G, b) of input i from column i on; a line more where Z is odd. */
  private final double[][] lines;

  private final double[] squares;
  private int filled;
  private double rows;

  /**
   * @param inputs width Z of z, at least 1
   * @param outputs width Y of y, at least 1
   */
  public GramSums(int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    int width = inputs + outputs;
    this.waiting = new double[RankThree.ROWS][width];
    this.lines = new double[inputs + inputs % 2][width];
    this.squares = new double[outputs];
  }

  /** Adds one row, z of shape [Z] and y of shape [Y]. */
  public void add(double[] z, double[] y) {
    double[] row = next();
    System.arraycopy(z, 0, row, 0, inputs);
    System.arraycopy(y, 0, row, inputs, outputs);
    add();
  }

  /** Where the next row is to be written, z and then y, shape [Z + Y]; {@link #add()} adds it. */
  double[] next() {
    return waiting[filled];
  }

  /** Adds the row that was written to {@link #next}. */
  void add() {
    rows++;
    filled++;
    if (filled == RankThree.ROWS) {
      addGroup(waiting[0], waiting[1], waiting[2]);
      filled = 0;
    }
  }

  private void addGroup(double[] r0, double[] r1, double[] r2) {
    int width = inputs + outputs;
    for (int i = 0; i < inputs; i += RankThree.LINES) {
      RankThree.update(
          lines[i],
          r0[i],
          r1[i],
          r2[i],
          lines[i + 1],
          r0[i + 1],
          r1[i + 1],
          r2[i + 1],
          r0,
          r1,
          r2,
          i,
          width);
    }
    for (int i = 0; i < outputs; i++) {
      double p0 = r0[inputs + i];
      double p1 = r1[inputs + i];
      double p2 = r2[inputs + i];
      squares[i] = Math.fma(p2, p2, Math.fma(p1, p1, Math.fma(p0, p0, squares[i])));
    }
  }

  /** Multiplies in what waits for its group to be full. */
  private void settle() {
    for (int k = 0; k < filled; k++) {
      double[] row = waiting[k];
      for (int i = 0; i < inputs; i++) {
        double factor = row[i];
        double[] line = lines[i];
        for (int j = i; j < row.length; j++) {
          line[j] = Math.fma(factor, row[j], line[j]);
        }
      }
      for (int i = 0; i < outputs; i++) {
        squares[i] = Math.fma(row[inputs + i], row[inputs + i], squares[i]);
      }
    }
    filled = 0;
  }

  /** Adds the sums of other rows, each of them counting {@code weight} times. */
  public void add(GramSums other, double weight) {
    if (other.inputs != inputs || other.outputs != outputs) {
      throw new IllegalArgumentException(
          "sums of "
              + other.inputs
              + " inputs and "
              + other.outputs
              + " outputs cannot join sums of "
              + inputs
              + " and "
              + outputs);
    }
    settle();
    other.settle();
    for (int i = 0; i < inputs; i++) {
      for (int j = i; j < inputs + outputs; j++) {
        lines[i][j] += weight * other.lines[i][j];
      }
    }
    for (int i = 0; i < outputs; i++) {
      squares[i] += weight * other.squares[i];
    }
    rows += weight * other.rows;
  }

  /**
   * The sums of all n rows of both sides, of which the expert's have a share of exactly {@code
   * expertFraction} by weight: each weighs n f / |D_e|, each of the learner's n (1 - f) / |D_l|.
   */
  public static GramSums mixture(GramSums expert, GramSums learner, double expertFraction) {
    GramSums sums = new GramSums(expert.inputs, expert.outputs);
    double total = (expertFraction > 0 ? expert.rows : 0) + (expertFraction < 1 ? learner.rows : 0);
    if (expertFraction > 0) {
      sums.add(expert, total * expertFraction / expert.rows);
    }
    if (expertFraction < 1) {
      sums.add(learner, total * (1 - expertFraction) / learner.rows);
    }
    return sums;
  }

  /**
   * The sum over all rows and outputs of (y - W'z)^2, without another look at the rows.
   *
   * @param weights W, shape [Z, Y]
   */
  SquaredError squaredError(double[] weights) {
    settle();
    double[] gram = gram();
    double error = 0;
    double terms = 0;
    for (int output = 0; output < outputs; output++) {
      error += squares[output];
      terms += squares[output];
      for (int i = 0; i < inputs; i++) {
        double weight = weights[i * outputs + output];
        double pulled = -2 * lines[i][inputs + output];
        double size = 2 * Math.abs(lines[i][inputs + output]);
        for (int j = 0; j < inputs; j++) {
          double product = gram[i * inputs + j] * weights[j * outputs + output];
          pulled += product;
          size += Math.abs(product);
        }
        error += weight * pulled;
        terms += Math.abs(weight) * size;
      }
    }
    // Rounding errors of n additions add up like a random walk.
    return new SquaredError(error, ROUNDING * Math.sqrt(Math.max(rows, FEW_ROWS)) * terms);
  }

  /** Width Z of z. */
  public int inputs() {
    return inputs;
  }

  /** Width Y of y. */
  public int outputs() {
    return outputs;
  }

  /** Rows so far, each by its weight. */
  public double rows() {
    return rows;
  }

  /** G, shape [Z, Z], symmetric; a copy. */
  public double[] gram() {
    settle();
    double[] gram = new double[inputs * inputs];
    for (int i = 0; i < inputs; i++) {
      for (int j = i; j < inputs; j++) {
        gram[i * inputs + j] = lines[i][j];
        gram[j * inputs + i] = lines[i][j];
      }
    }
    return gram;
  }

  /** The i-th entry of G's diagonal: the sum of the squares of an input. */
  double square(int input) {
    settle();
    return lines[input][input];
  }

  /** b, shape [Z, Y]; a copy. */
  public double[] cross() {
    settle();
    double[] cross = new double[inputs * outputs];
    for (int i = 0; i < inputs; i++) {
      System.arraycopy(lines[i], inputs, cross, i * outputs, outputs);
    }
    return cross;
  }
}
