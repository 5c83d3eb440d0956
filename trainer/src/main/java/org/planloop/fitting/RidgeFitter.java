package org.planloop.fitting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
 * weights ({@link GramChain#mixture}). All in double and in canonical order, so the same rows give
 * the same model to the bit, for any number of threads. A loss is the mean squared error of a
 * predicted coordinate; it comes from the sums too, but where these hold too few digits of it.
 */
public final class RidgeFitter implements Fitter {
  private final double ridge;
  private final ModelParameters.Linear base;
  private final int threads;

  /** On the calling thread. */
  public RidgeFitter(double ridge, ModelParameters.Linear base) {
    this(ridge, base, 1);
  }

  /**
   * @param ridge regulariser, 0 or more: {@code dynamics.ridge}
   * @param base the model that the fit corrects
   * @param threads that sum at the same time, 0 for one a core: {@code trainer.threads}
   */
  public RidgeFitter(double ridge, ModelParameters.Linear base, int threads) {
    this.ridge = ridge;
    this.base = base;
    this.threads = threads;
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
    OneStep unexplained = new OneLinearStep(base);
    GramSums expert = unexplained.sums(data, Provenance.EXPERT, threads).at(0);
    GramSums learner = unexplained.sums(data, Provenance.LEARNER, threads).at(0);
    GramSums sums = GramSums.mixture(expert, learner, expertFraction);
    double[] correction = solve(sums);
    ModelParameters.Linear model = corrected(correction);
    return new Fitted(
        model,
        loss(model, expert.squaredError(correction), data, Provenance.EXPERT),
        loss(model, learner.squaredError(correction), data, Provenance.LEARNER),
        expertFraction,
        Map.of("train/rows", sums.rows()),
        List.of());
  }

  private OptionalDouble loss(
      ModelParameters.Linear model, SquaredError fromSums, ReplayView data, Provenance side) {
    OptionalDouble mean = fromSums.mean((double) data.size(side) * base.stateSize());
    return mean.isPresent() ? mean : new OneLinearStep(model).meanSquare(data, side, threads);
  }

  /** W, shape [Z, S]. */
  private double[] solve(GramSums sums) {
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
    return weights.data;
  }

  private ModelParameters.Linear corrected(double[] weights) {
    int states = base.stateSize();
    int actions = base.actionSize();
    double[] stateMatrix = base.stateMatrix().clone();
    double[] actionMatrix = base.actionMatrix().clone();
    for (int i = 0; i < states; i++) {
      for (int j = 0; j < states; j++) {
        stateMatrix[i * states + j] += weights[j * states + i];
      }
      for (int j = 0; j < actions; j++) {
        actionMatrix[i * actions + j] += weights[(states + j) * states + i];
      }
    }
    return new ModelParameters.Linear(states, actions, stateMatrix, actionMatrix);
  }

  /** z is (s, a), y is s' - A s - B a. */
  private static final class OneLinearStep extends OneStep {
    private final int states;
    private final int actions;
    private final ResidualMap residual;

    OneLinearStep(ModelParameters.Linear model) {
      super(1, model.stateSize() + model.actionSize(), model.stateSize());
      this.states = model.stateSize();
      this.actions = model.actionSize();
      double[] weights = new double[states * (states + actions)];
      for (int i = 0; i < states; i++) {
        int row = i * (states + actions);
        System.arraycopy(model.stateMatrix(), i * states, weights, row, states);
        System.arraycopy(model.actionMatrix(), i * actions, weights, row + states, actions);
      }
      this.residual = new ResidualMap(states, states + actions, weights);
    }

    @Override
    int step(TransitionBatch batch, int row) {
      return 0;
    }

    @Override
    void read(TransitionBatch batch, int row, int step, double[] target) {
      copy(batch.states(), row * states, target, 0, states);
      copy(batch.actions(), row * actions, target, states, actions);
      residual.read(batch.nextStates(), row * states, target);
    }
  }
}
