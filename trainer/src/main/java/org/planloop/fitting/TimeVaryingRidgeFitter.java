package org.planloop.fitting;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
 * order, so the same rows give the same model to the bit, for any number of threads. A loss is the
 * mean squared error of a predicted coordinate.
 */
public final class TimeVaryingRidgeFitter implements Fitter {
  /** An input whose root mean square is below this is left as it is: it does not vary. */
  private static final double SMALLEST_SCALE = 1e-9;

  private final double ridge;
  private final double tie;
  private final ModelParameters.TimeVaryingLinear base;
  private final int threads;

  /** On the calling thread. */
  public TimeVaryingRidgeFitter(double ridge, double tie, ModelParameters.TimeVaryingLinear base) {
    this(ridge, tie, base, 1);
  }

  /**
   * @param ridge towards the base, 0 or more: {@code dynamics.ridge}
   * @param tie between neighbours in time, in rows: {@code dynamics.time-ridge}
   * @param base the model that the fit corrects
   * @param threads that sum at the same time, 0 for one a core: {@code trainer.threads}
   */
  public TimeVaryingRidgeFitter(
      double ridge, double tie, ModelParameters.TimeVaryingLinear base, int threads) {
    this.ridge = ridge;
    this.tie = tie;
    this.base = base;
    this.threads = threads;
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
    OneStep unexplained = new OneTimedStep(base);
    GramChain expert = unexplained.sums(data, Provenance.EXPERT, threads);
    GramChain learner = unexplained.sums(data, Provenance.LEARNER, threads);
    GramChain sums = GramChain.mixture(expert, learner, expertFraction);
    double[][] correction = solve(sums);
    ModelParameters.TimeVaryingLinear model = corrected(correction);
    return new Fitted(
        model,
        loss(model, expert.squaredError(correction), data, Provenance.EXPERT),
        loss(model, learner.squaredError(correction), data, Provenance.LEARNER),
        expertFraction,
        Map.of("train/rows", sums.rows()),
        List.of());
  }

  private OptionalDouble loss(
      ModelParameters.TimeVaryingLinear model,
      SquaredError fromSums,
      ReplayView data,
      Provenance side) {
    OptionalDouble mean = fromSums.mean((double) data.size(side) * base.stateSize());
    return mean.isPresent() ? mean : new OneTimedStep(model).meanSquare(data, side, threads);
  }

  /** W_t, shape [H][Z, S]. */
  private double[][] solve(GramChain sums) {
    double[] scales = scales(sums, base.stateSize() - 1 + base.actionSize());
    double pull = ridge * Math.sqrt(sums.rows()) / base.steps();
    return ChainSolver.solve(sums, scales, pull, tie);
  }

  private ModelParameters.TimeVaryingLinear corrected(double[][] weights) {
    int states = base.stateSize();
    int actions = base.actionSize();
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
        scales[i] += sums.at(t).square(i);
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
    private final int states;
    private final int actions;
    private final int time;
    private final ResidualMap[] residuals;

    OneTimedStep(ModelParameters.TimeVaryingLinear model) {
      super(model.steps(), model.stateSize() - 1 + model.actionSize(), model.stateSize());
      this.model = model;
      this.states = model.stateSize();
      this.actions = model.actionSize();
      this.time = model.stepIndex();
      this.residuals = new ResidualMap[model.steps()];
      Arrays.setAll(residuals, t -> residual(t));
    }

    private ResidualMap residual(int t) {
      int inputs = states - 1 + actions;
      double[] weights = new double[states * inputs];
      for (int i = 0; i < states; i++) {
        if (i != time) {
          int from = (t * states + i) * states;
          int to = i * inputs;
          System.arraycopy(model.stateMatrices(), from, weights, to, time);
          System.arraycopy(
              model.stateMatrices(), from + time + 1, weights, to + time, states - 1 - time);
          System.arraycopy(
              model.actionMatrices(),
              (t * states + i) * actions,
              weights,
              to + states - 1,
              actions);
        }
      }
      return new ResidualMap(states, inputs, weights);
    }

    @Override
    int step(TransitionBatch batch, int row) {
      return model.index(batch.states()[row * states + time]);
    }

    @Override
    void read(TransitionBatch batch, int row, int step, double[] target) {
      int inputs = states - 1 + actions;
      copy(batch.states(), row * states, target, 0, time);
      copy(batch.states(), row * states + time + 1, target, time, states - 1 - time);
      copy(batch.actions(), row * actions, target, states - 1, actions);
      residuals[step].read(batch.nextStates(), row * states, target);
      double now = batch.states()[row * states + time];
      for (int i = 0; i < states; i++) {
        target[inputs + i] -= model.stateMatrices()[(step * states + i) * states + time] * now;
      }
      target[inputs + time] = 0;
    }
  }
}
