package org.planloop.planning;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;

/**
 * Linear-quadratic regulation: the feedback a = -K s that minimises the sum of discount^t (s'Qs +
 * a'Ra) in s' = A s + B a, by the Riccati recursion backwards from P = Q:
 *
 * <pre>
 *   K = g (R + g B'PB)^-1 B'PA,   P &lt;- Q + g A'P(A - B K)
 * </pre>
 */
public final class Lqr {
  /** Steps after which the gain of a stabilisable system stands still for any practical purpose. */
  private static final int STEADY_STEPS = 500;

  private Lqr() {}

  /**
   * The feedback that is best when the end is far: 500 steps of the recursion. A learned model may
   * not be stabilisable; then P grows without bound and the last finite gain is kept.
   *
   * @return K, shape [A, S]
   * @throws PlanningException if not even the first gain is finite
   */
  public static double[] infiniteHorizon(
      ModelParameters.Linear model, QuadraticCost cost, double discount) {
    Recursion recursion = new Recursion(model, cost, discount);
    for (int step = 0; step < STEADY_STEPS; step++) {
      if (!recursion.advance()) {
        break;
      }
    }
    return recursion.gain();
  }

  /**
   * The best feedback for each of the {@code horizon} steps that are left.
   *
   * @return K of step 0, 1, ..., shape [horizon][A, S]
   * @throws PlanningException if some gain is not finite
   */
  public static double[][] finiteHorizon(
      ModelParameters.Linear model, QuadraticCost cost, double discount, int horizon) {
    Recursion recursion = new Recursion(model, cost, discount);
    double[][] gains = new double[horizon][];
    for (int step = horizon - 1; step >= 0; step--) {
      if (!recursion.advance()) {
        throw new PlanningException(
            "the Riccati recursion diverges " + (horizon - step) + " steps before the end");
      }
      gains[step] = recursion.gain();
    }
    return gains;
  }

  private static final class Recursion {
    private final DMatrixRMaj a;
    private final DMatrixRMaj b;
    private final DMatrixRMaj stateCost;
    private final DMatrixRMaj actionCost;
    private DMatrixRMaj costToGo;
    private final DMatrixRMaj gain;
    private boolean finite;

    Recursion(ModelParameters.Linear model, QuadraticCost cost, double discount) {
      // Discounting is the undiscounted problem with both matrices scaled by sqrt(discount).
      double root = Math.sqrt(discount);
      int states = model.stateSize();
      int actions = model.actionSize();
      a = new DMatrixRMaj(states, states, true, model.stateMatrix().clone());
      b = new DMatrixRMaj(states, actions, true, model.actionMatrix().clone());
      CommonOps_DDRM.scale(root, a);
      CommonOps_DDRM.scale(root, b);
      stateCost = CommonOps_DDRM.diag(cost.stateWeights());
      actionCost = CommonOps_DDRM.diag(cost.actionWeights());
      costToGo = stateCost.copy();
      gain = new DMatrixRMaj(actions, states);
    }

    /** One step backwards; false where it leaves the finite numbers, the last gain standing. */
    boolean advance() {
      DMatrixRMaj weighted = new DMatrixRMaj(b.numCols, a.numRows);
      CommonOps_DDRM.multTransA(b, costToGo, weighted);
      DMatrixRMaj curvature = new DMatrixRMaj(b.numCols, b.numCols);
      CommonOps_DDRM.mult(weighted, b, curvature);
      CommonOps_DDRM.addEquals(curvature, actionCost);
      DMatrixRMaj cross = new DMatrixRMaj(b.numCols, a.numCols);
      CommonOps_DDRM.mult(weighted, a, cross);
      DMatrixRMaj next = new DMatrixRMaj(b.numCols, a.numCols);
      if (MatrixFeatures_DDRM.hasUncountable(curvature)
          || !CommonOps_DDRM.solve(curvature, cross, next)
          || MatrixFeatures_DDRM.hasUncountable(next)) {
        return false;
      }
      gain.setTo(next);
      finite = true;
      DMatrixRMaj closed = a.copy();
      CommonOps_DDRM.multAdd(-1, b, gain, closed);
      DMatrixRMaj carried = new DMatrixRMaj(a.numRows, a.numCols);
      CommonOps_DDRM.mult(costToGo, closed, carried);
      DMatrixRMaj sum = new DMatrixRMaj(a.numRows, a.numCols);
      CommonOps_DDRM.multTransA(a, carried, sum);
      CommonOps_DDRM.addEquals(sum, stateCost);
      // Symmetric on paper; rounding would let the skew part grow.
      DMatrixRMaj transposed = CommonOps_DDRM.transpose(sum, null);
      CommonOps_DDRM.add(0.5, sum, 0.5, transposed, sum);
      costToGo = sum;
      return true;
    }

    double[] gain() {
      if (!finite) {
        throw new PlanningException(
            "no finite feedback gain exists for this linear model; it holds NaN or infinity");
      }
      return gain.data.clone();
    }
  }
}
