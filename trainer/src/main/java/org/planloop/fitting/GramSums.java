package org.planloop.fitting;

/**
 * The sums that a linear regression of y on z needs: G = sum z z', b = sum z y' and the number of
 * rows. They add up across blocks, sides and machines; how rows are weighted is decided afterwards.
 *
 * <p>Rows must be added in the same order to give the same sums to the bit.
 */
public final class GramSums {
  private final int inputs;
  private final int outputs;
  private final double[] gram;
  private final double[] cross;
  private double rows;

  /**
   * @param inputs width Z of z
   * @param outputs width Y of y
   */
  public GramSums(int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.gram = new double[inputs * inputs];
    this.cross = new double[inputs * outputs];
  }

  /** Adds one row, z of shape [Z] and y of shape [Y]. */
  public void add(double[] z, double[] y) {
    for (int i = 0; i < inputs; i++) {
      double factor = z[i];
      for (int j = 0; j < inputs; j++) {
        gram[i * inputs + j] += factor * z[j];
      }
      for (int j = 0; j < outputs; j++) {
        cross[i * outputs + j] += factor * y[j];
      }
    }
    rows++;
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
    for (int i = 0; i < gram.length; i++) {
      gram[i] += weight * other.gram[i];
    }
    for (int i = 0; i < cross.length; i++) {
      cross[i] += weight * other.cross[i];
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

  /** G, shape [Z, Z], symmetric; a live view. */
  public double[] gram() {
    return gram;
  }

  /** b, shape [Z, Y]; a live view. */
  public double[] cross() {
    return cross;
  }
}
