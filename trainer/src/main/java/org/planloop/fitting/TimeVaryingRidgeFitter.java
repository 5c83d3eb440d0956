package org.planloop.fitting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.StateSpace;
import org.planloop.replay.ReplayView;

/**
 * Fits one linear model for each step of an episode, s_t+1 = (A0_t + A_t) s_t + (B0_t + B_t) a_t,
 * all of them together: with z = (s, a) but for the step, in units of its root mean square, and y
 * what the base model leaves unexplained, W_t = (A_t, B_t)' minimise
 *
 * <pre>sum_t ( sum_rows w |y - W_t' z|^2 + ridge sqrt(n) |W_t|^2 / H + tie |W_t - W_t+1|^2 )</pre>
 *
 * with n rows and H steps. A step that few rows were seen at takes its neighbours' word for what it
 * does not know: a random walk of W in time as the prior, so the more rows there are, the shorter
 * the time over which they are averaged. {@link ChainSolver} solves it exactly.
 *
 * <p>Sides are mixed exactly, by row weights over the whole episode. All in double and in canonical
 * order, so the same rows give the same model to the bit. A loss is the mean squared error of a
 * predicted coordinate.
 */
public final class TimeVaryingRidgeFitter implements Fitter {
  /** An input whose root mean square is below this is left as it is: it does not vary. */
  private static final double SMALLEST_SCALE = 1e-9;

  private final double ridge;
  private final double tie;
  private final ModelParameters.TimeVaryingLinear base;

  /**
   * @param ridge towards the base, 0 or more: {@code dynamics.ridge}
   * @param tie between neighbours in time, in rows: {@code dynamics.time-ridge}
   * @param base the model that the fit corrects
   */
  public TimeVaryingRidgeFitter(double ridge, double tie, ModelParameters.TimeVaryingLinear base) {
    this.ridge = ridge;
    this.tie = tie;
    this.base = base;
  }

  /**
   * The base model that says a state stays as it is, whatever is done, but for the step, which
   * counts.
   *
   * @throws InvalidInputException if the state does not hold the step and a constant {@code one}
   */
  public static ModelParameters.TimeVaryingLinear identity(
      StateSpace states, int actionSize, int steps) {
    if (states.step().isEmpty() || states.named("one").isEmpty()) {
      throw InvalidInputException.setting(
          "dynamics.kind",
          "time-varying-linear",
          "needs a state that holds the step and a dimension one that is constantly 1; set"
              + " dynamics.kind = linear or ensemble");
    }
    int size = states.size();
    double[] stateMatrices = new double[steps * size * size];
    int step = states.step().getAsInt();
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < size; i++) {
        stateMatrices[(t * size + i) * size + i] = 1;
      }
      stateMatrices[(t * size + step) * size + states.named("one").getAsInt()] = 1;
    }
    return new ModelParameters.TimeVaryingLinear(
        size, actionSize, step, stateMatrices, new double[steps * size * actionSize]);
  }

  @Override
  public Fitted fit(
      ReplayView data,
      double expertFraction,
      Optional<ModelParameters> previous,
      RandomStream random) {
    SideBlocks.requireBoth(data, expertFraction);
    GramChain sums =
        GramChain.mixture(
            sums(data, Provenance.EXPERT), sums(data, Provenance.LEARNER), expertFraction);
    ModelParameters.TimeVaryingLinear model = solve(sums);
    OneStep step = new OneTimedStep(model);
    return new Fitted(
        model,
        step.meanSquare(data, Provenance.EXPERT),
        step.meanSquare(data, Provenance.LEARNER),
        expertFraction,
        Map.of("train/rows", sums.rows()),
        List.of());
  }

  private GramChain sums(ReplayView data, Provenance side) {
    OneTimedStep step = new OneTimedStep(base);
    GramChain sums = new GramChain(base.steps(), step.input.length, base.stateSize());
    step.forEach(data, side, () -> sums.at(step.index).add(step.input, step.residual));
    return sums;
  }

  private ModelParameters.TimeVaryingLinear solve(GramChain sums) {
    int states = base.stateSize();
    int actions = base.actionSize();
    int inputs = states - 1 + actions;
    double[] scales = scales(sums, inputs);
    double pull = ridge * Math.sqrt(sums.rows()) / base.steps();
    double[][] weights = ChainSolver.solve(sums, scales, pull, tie);
    double[] stateMatrices = base.stateMatrices().clone();
    double[] actionMatrices = base.actionMatrices().clone();
    for (int t = 0; t < base.steps(); t++) {
      for (int i = 0; i < states; i++) {
        int input = 0;
        for (int j = 0; j < states; j++) {
          if (j != base.stepIndex()) {
            stateMatrices[(t * states + i) * states + j] += weights[t][input++ * states + i];
          }
        }
        for (int j = 0; j < actions; j++) {
          actionMatrices[(t * states + i) * actions + j] += weights[t][input++ * states + i];
        }
      }
    }
    return new ModelParameters.TimeVaryingLinear(
        states, actions, base.stepIndex(), stateMatrices, actionMatrices);
  }

  /** The root mean square of each input over all steps. */
  private static double[] scales(GramChain sums, int inputs) {
    double[] scales = new double[inputs];
    for (int t = 0; t < sums.steps(); t++) {
      for (int i = 0; i < inputs; i++) {
        scales[i] += sums.at(t).gram()[i * inputs + i];
      }
    }
    for (int i = 0; i < inputs; i++) {
      double scale = Math.sqrt(scales[i] / sums.rows());
      scales[i] = scale > SMALLEST_SCALE ? scale : 1;
    }
    return scales;
  }

  /** z is (s, a) but for the step, y is s' - A s - B a; the step counts and is left out as 0. */
  private static final class OneTimedStep extends OneStep {
    private final ModelParameters.TimeVaryingLinear model;

    /** Whose matrices hold. */
    private int index;

    OneTimedStep(ModelParameters.TimeVaryingLinear model) {
      super(model.stateSize() - 1 + model.actionSize(), model.stateSize());
      this.model = model;
    }

    @Override
    void read(TransitionBatch batch, int row) {
      int states = model.stateSize();
      int actions = model.actionSize();
      index = model.index(batch.states()[row * states + model.stepIndex()]);
      int at = 0;
      for (int i = 0; i < states; i++) {
        if (i != model.stepIndex()) {
          input[at++] = batch.states()[row * states + i];
        }
      }
      for (int i = 0; i < actions; i++) {
        input[at++] = batch.actions()[row * actions + i];
      }
      for (int i = 0; i < states; i++) {
        residual[i] =
            i == model.stepIndex()
                ? 0
                : batch.nextStates()[row * states + i] - predict(batch, row, i);
      }
    }

    private double predict(TransitionBatch batch, int row, int i) {
      int states = model.stateSize();
      int actions = model.actionSize();
      int rowA = (index * states + i) * states;
      int rowB = (index * states + i) * actions;
      double sum = 0;
      for (int j = 0; j < states; j++) {
        sum += model.stateMatrices()[rowA + j] * batch.states()[row * states + j];
      }
      for (int j = 0; j < actions; j++) {
        sum += model.actionMatrices()[rowB + j] * batch.actions()[row * actions + j];
      }
      return sum;
    }
  }
}
