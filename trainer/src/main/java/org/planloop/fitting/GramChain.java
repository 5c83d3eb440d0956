package org.planloop.fitting;

import java.util.Arrays;

/**
 * {@link GramSums} of each step of an episode. They add up across blocks, sides and machines, step
 * by step.
 */
public final class GramChain {
  private final GramSums[] sums;

  /**
   * @param steps H
   * @param inputs width Z of z
   * @param outputs width Y of y
   */
  public GramChain(int steps, int inputs, int outputs) {
    this.sums = new GramSums[steps];
    Arrays.setAll(sums, t -> new GramSums(inputs, outputs));
  }

  /** Number of steps H. */
  public int steps() {
    return sums.length;
  }

  /** The sums of one step; a live view. */
  public GramSums at(int step) {
    return sums[step];
  }

  /** Rows so far at all steps, each by its weight. */
  public double rows() {
    return Arrays.stream(sums).mapToDouble(GramSums::rows).sum();
  }

  /**
   * The sum over all rows, steps and outputs of (y - W_t'z)^2.
   *
   * @param weights W_t, shape [H][Z, Y]
   */
  SquaredError squaredError(double[][] weights) {
    SquaredError sum = SquaredError.NONE;
    for (int t = 0; t < sums.length; t++) {
      sum = sum.plus(sums[t].squaredError(weights[t]));
    }
    return sum;
  }

  /** Adds the sums of other rows, each of them counting {@code weight} times. */
  public void add(GramChain other, double weight) {
    if (other.sums.length != sums.length) {
      throw new IllegalArgumentException(
          "sums of " + other.sums.length + " steps cannot join sums of " + sums.length);
    }
    for (int t = 0; t < sums.length; t++) {
      sums[t].add(other.sums[t], weight);
    }
  }

  /**
   * The sums of all n rows of both sides, of which the expert's have a share of exactly {@code
   * expertFraction} by weight over the whole episode, whatever the step: each weighs n f / |D_e|,
   * each of the learner's n (1 - f) / |D_l|.
   */
  public static GramChain mixture(GramChain expert, GramChain learner, double expertFraction) {
    GramSums first = expert.sums[0];
    GramChain mixed = new GramChain(expert.sums.length, first.inputs(), first.outputs());
    double total =
        (expertFraction > 0 ? expert.rows() : 0) + (expertFraction < 1 ? learner.rows() : 0);
    if (expertFraction > 0) {
      mixed.add(expert, total * expertFraction / expert.rows());
    }
    if (expertFraction < 1) {
      mixed.add(learner, total * (1 - expertFraction) / learner.rows());
    }
    return mixed;
  }
}
