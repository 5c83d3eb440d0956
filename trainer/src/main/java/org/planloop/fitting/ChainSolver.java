package org.planloop.fitting;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;

/**
 * Least squares of a chain of weights that are tied to their neighbours: block tridiagonal normal
 * equations, solved by elimination forwards and substitution backwards (the block Thomas
 * algorithm), in time linear in the chain's length.
 */
public final class ChainSolver {
  private ChainSolver() {}

  /**
   * The W_t that minimise the sums' squared error + pull |W_t|^2 + tie |W_t - W_t+1|^2, inputs and
   * so W_t in units of {@code scales}.
   *
   * @param scales of the inputs, shape [Z], all positive
   * @return W_t in the inputs' own units, shape [H][Z, Y]
   * @throws FitException if there is no finite solution: a direction that no row varies in, with
   *     neither pull nor tie
   */
  public static double[][] solve(GramChain sums, double[] scales, double pull, double tie) {
    int steps = sums.steps();
    int inputs = scales.length;
    int outputs = sums.at(0).outputs();
    DMatrixRMaj[] inverses = new DMatrixRMaj[steps];
    DMatrixRMaj[] rights = new DMatrixRMaj[steps];
    for (int t = 0; t < steps; t++) {
      int neighbours = (t > 0 ? 1 : 0) + (t < steps - 1 ? 1 : 0);
      DMatrixRMaj left = new DMatrixRMaj(inputs, inputs);
      DMatrixRMaj right = new DMatrixRMaj(inputs, outputs);
      scaled(sums.at(t), scales, left, right);
      for (int i = 0; i < inputs; i++) {
        left.add(i, i, pull + tie * neighbours);
      }
      if (t > 0 && tie > 0) {
        CommonOps_DDRM.addEquals(left, -tie * tie, inverses[t - 1]);
        CommonOps_DDRM.multAdd(tie, inverses[t - 1], rights[t - 1], right);
      }
      inverses[t] = inverse(left, t, sums.rows());
      rights[t] = right;
    }
    double[][] weights = new double[steps][];
    DMatrixRMaj after = new DMatrixRMaj(inputs, outputs);
    for (int t = steps - 1; t >= 0; t--) {
      if (t < steps - 1) {
        CommonOps_DDRM.addEquals(rights[t], tie, after);
      }
      DMatrixRMaj here = new DMatrixRMaj(inputs, outputs);
      CommonOps_DDRM.mult(inverses[t], rights[t], here);
      after = here;
      weights[t] = unscaled(here, scales);
    }
    return weights;
  }

  private static void scaled(GramSums sums, double[] scales, DMatrixRMaj left, DMatrixRMaj right) {
    int inputs = scales.length;
    int outputs = sums.outputs();
    double[] gram = sums.gram();
    double[] cross = sums.cross();
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j < inputs; j++) {
        left.set(i, j, gram[i * inputs + j] / (scales[i] * scales[j]));
      }
      for (int j = 0; j < outputs; j++) {
        right.set(i, j, cross[i * outputs + j] / scales[i]);
      }
    }
  }

  private static DMatrixRMaj inverse(DMatrixRMaj left, int step, double rows) {
    DMatrixRMaj inverse = new DMatrixRMaj(left.numRows, left.numCols);
    if (MatrixFeatures_DDRM.hasUncountable(left)
        || !CommonOps_DDRM.invertSPD(left, inverse)
        || MatrixFeatures_DDRM.hasUncountable(inverse)) {
      throw new FitException(
          "the time-varying linear fit to "
              + (long) Math.rint(rows)
              + " rows has no finite solution at step "
              + step
              + ": its rows do not vary in every direction, or hold numbers too large; a"
              + " dynamics.ridge or dynamics.time-ridge above 0, or more varied data, gives it one");
    }
    return inverse;
  }

  private static double[] unscaled(DMatrixRMaj weights, double[] scales) {
    double[] result = weights.data.clone();
    int outputs = weights.numCols;
    for (int i = 0; i < scales.length; i++) {
      for (int j = 0; j < outputs; j++) {
        result[i * outputs + j] /= scales[i];
      }
    }
    return result;
  }
}
