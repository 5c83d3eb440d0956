package org.planloop.fitting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;
import org.planloop.replay.ReplayView;

/**
 * Fits s' = (A0 + A) s + (B0 + B) a by ridge regression: with z = (s, a) and y what the base model
 * (A0, B0) leaves unexplained, solves (G + ridge sqrt(n) I) W = b for W = (A, B)' (the linear model
 * class of Ross and Bagnell 2012, section 5).
 *
 * <p>The ridge draws towards the base model, not towards zero. Sides are mixed exactly, by row
 * weights ({@link GramSums#mixture}). All in double and in canonical order, so the same rows give
 * the same model to the bit. A loss is the mean squared error of a predicted coordinate.
 */
public final class RidgeFitter implements Fitter {
  private final double ridge;
  private final ModelParameters.Linear base;

  /**
   * @param ridge regulariser, 0 or more: {@code dynamics.ridge}
   * @param base the model that the fit corrects
   */
  public RidgeFitter(double ridge, ModelParameters.Linear base) {
    this.ridge = ridge;
    this.base = base;
  }

  /** The base model that says a state stays as it is, whatever is done. */
  public static ModelParameters.Linear identity(int stateSize, int actionSize) {
    double[] stateMatrix = new double[stateSize * stateSize];
    for (int i = 0; i < stateSize; i++) {
      stateMatrix[i * stateSize + i] = 1;
    }
    return new ModelParameters.Linear(
        stateSize, actionSize, stateMatrix, new double[stateSize * actionSize]);
  }

  @Override
  public Fitted fit(
      ReplayView data,
      double expertFraction,
      Optional<ModelParameters> previous,
      RandomStream random) {
    SideBlocks.requireBoth(data, expertFraction);
    GramSums sums =
        GramSums.mixture(
            sums(data, Provenance.EXPERT), sums(data, Provenance.LEARNER), expertFraction);
    ModelParameters.Linear model = solve(sums);
    OneStep step = new OneLinearStep(model);
    return new Fitted(
        model,
        step.meanSquare(data, Provenance.EXPERT),
        step.meanSquare(data, Provenance.LEARNER),
        expertFraction,
        Map.of("train/rows", sums.rows()),
        List.of());
  }

  private GramSums sums(ReplayView data, Provenance side) {
    GramSums sums = new GramSums(base.stateSize() + base.actionSize(), base.stateSize());
    OneStep step = new OneLinearStep(base);
    step.forEach(data, side, () -> sums.add(step.input, step.residual));
    return sums;
  }

  private ModelParameters.Linear solve(GramSums sums) {
    int states = base.stateSize();
    int actions = base.actionSize();
    int inputs = states + actions;
    DMatrixRMaj left = new DMatrixRMaj(inputs, inputs, true, sums.gram());
    DMatrixRMaj right = new DMatrixRMaj(inputs, states, true, sums.cross());
    for (int i = 0; i < inputs; i++) {
      left.add(i, i, ridge * Math.sqrt(sums.rows()));
    }
    DMatrixRMaj weights = new DMatrixRMaj(inputs, states);
    if (MatrixFeatures_DDRM.hasUncountable(left)
        || !CommonOps_DDRM.solveSPD(left, right, weights)
        || MatrixFeatures_DDRM.hasUncountable(weights)) {
      throw new FitException(
          "the linear fit to "
              + (long) Math.rint(sums.rows())
              + " rows has no finite solution with dynamics.ridge = "
              + ridge
              + ": the rows do not vary in every direction, or hold numbers too large; a ridge above"
              + " 0, or more varied data, gives it one");
    }
    double[] stateMatrix = base.stateMatrix().clone();
    double[] actionMatrix = base.actionMatrix().clone();
    for (int i = 0; i < states; i++) {
      for (int j = 0; j < states; j++) {
        stateMatrix[i * states + j] += weights.get(j, i);
      }
      for (int j = 0; j < actions; j++) {
        actionMatrix[i * actions + j] += weights.get(states + j, i);
      }
    }
    return new ModelParameters.Linear(states, actions, stateMatrix, actionMatrix);
  }

  /** z is (s, a), y is s' - A s - B a. */
  private static final class OneLinearStep extends OneStep {
    private final ModelParameters.Linear model;

    OneLinearStep(ModelParameters.Linear model) {
      super(model.stateSize() + model.actionSize(), model.stateSize());
      this.model = model;
    }

    @Override
    void read(TransitionBatch batch, int row) {
      int states = model.stateSize();
      int actions = model.actionSize();
      for (int i = 0; i < states; i++) {
        input[i] = batch.states()[row * states + i];
      }
      for (int i = 0; i < actions; i++) {
        input[states + i] = batch.actions()[row * actions + i];
      }
      for (int i = 0; i < states; i++) {
        double predicted = 0;
        for (int j = 0; j < states; j++) {
          predicted += model.stateMatrix()[i * states + j] * input[j];
        }
        for (int j = 0; j < actions; j++) {
          predicted += model.actionMatrix()[i * actions + j] * input[states + j];
        }
        residual[i] = batch.nextStates()[row * states + i] - predicted;
      }
    }
  }
}
