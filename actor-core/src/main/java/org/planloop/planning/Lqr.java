package org.planloop.planning;

import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;

/**
 * Linear-quadratic regulation in discrete time: the feedback a = -K s that minimises the sum of
 * s'Qs + a'Ra under s' = A s + B a (Bertsekas, Dynamic Programming and Optimal Control, vol. 1,
 * section 3.1).
 *
 * <p>A discount g stands for the undiscounted problem with sqrt(g) A and sqrt(g) B.
 */
public final class Lqr {
  /** The most steps that the infinite horizon is followed for. */
  public static final int MAX_STEPS = 500;

  /** Relative change of the cost to go in a step at which the recursion stops. */
  private static final double TOLERANCE = 1e-15;

  /** The same, at which it counts as settled after the last step. */
  private static final double SETTLED = 1e-6;

  private Lqr() {}

  /**
   * The solution of an infinite horizon.
   *
   * @param gain K, shape [A, S]
   * @param costToGo P, shape [S, S]: s'Ps is what is paid from s on
   * @param steps Riccati steps taken
   * @param converged whether P had settled by then; if not, the model cannot be stabilised, or only
   *     just, and the gain is the last finite one
   */
  public record Solution(double[] gain, double[] costToGo, int steps, boolean converged) {}

  /**
   * The feedback that is best when the end is far.
   *
   * @return K of {@link #solve}, shape [A, S]
   * @throws PlanningException if not even the first gain is finite
   */
  public static double[] infiniteHorizon(
      ModelParameters.Linear model, QuadraticCost cost, double discount) {
    return solve(model, diagonal(cost.stateWeights()), diagonal(cost.actionWeights()), discount)
        .gain();
  }

  /**
   * Solves the infinite horizon by iterating the Riccati map from P = Q until it settles, at most
   * {@link #MAX_STEPS} steps. In a model that cannot be stabilised the cost to go grows without
   * bound; the last finite gain is kept, because a learned model may be that bad and its policy
   * still has to fly.
   *
   * @param stateWeights Q, shape [S, S], symmetric and positive semidefinite
   * @param actionWeights R, shape [A, A], symmetric and positive definite
   * @param discount in (0, 1]
   * @throws PlanningException if not even the first gain is finite
   */
  public static Solution solve(
      ModelParameters.Linear model,
      double[] stateWeights,
      double[] actionWeights,
      double discount) {
    RiccatiMap map = map(model, stateWeights, actionWeights, discount);
    double[] gain = firstGain(map);
    double[] costToGo = stateWeights.clone();
    double change = Double.POSITIVE_INFINITY;
    for (int step = 1; step <= MAX_STEPS; step++) {
      map.updateCostToGo();
      change = map.change();
      if (!map.updateGain()) {
        return new Solution(gain, costToGo, step, false);
      }
      map.gain(gain, 0);
      map.costToGo(costToGo);
      if (change <= TOLERANCE) {
        return new Solution(gain, costToGo, step, true);
      }
    }
    return new Solution(gain, costToGo, MAX_STEPS, change <= SETTLED);
  }

  /**
   * Improves a feedback lazily (Vemula et al. 2023): its cost to go in the model, then one step of
   * improvement against it (Hewer 1971), where {@link #solve} takes a step after the other until
   * the best is found. The cost to go of a linear feedback is one quadratic form for all states, so
   * there is nothing to restrict to the expert's.
   *
   * <p>It is summed by doubling: nine rounds of matrix products are 512 steps. A feedback that is
   * not stable in the model has no finite cost to go, and a step of improvement against a long sum
   * says little; the caller is told and should {@link #solve}.
   *
   * @param gain K of a = -K s, shape [A, S]
   * @return the improved gain with the cost to go of {@code gain}; {@code steps} counts the rounds,
   *     the improvement included; {@code converged} whether the sum is bounded, so that {@code
   *     gain} is stable in the model
   * @throws PlanningException if the improved gain is not finite
   */
  public static Solution improve(
      ModelParameters.Linear model, QuadraticCost cost, double discount, double[] gain) {
    FeedbackCost judged =
        FeedbackCost.of(
            model.stateSize(),
            model.actionSize(),
            scaled(Math.sqrt(discount), model.stateMatrix()),
            scaled(Math.sqrt(discount), model.actionMatrix()),
            cost,
            gain);
    RiccatiMap map =
        map(model, diagonal(cost.stateWeights()), diagonal(cost.actionWeights()), discount);
    map.setCostToGo(judged.costToGo());
    return new Solution(firstGain(map), judged.costToGo(), judged.rounds() + 1, judged.bounded());
  }

  /**
   * The best feedback for each of the {@code horizon} steps that are left; the last state is
   * weighted by Q as well.
   *
   * @return K of step 0, 1, ..., shape [horizon][A, S]
   * @throws PlanningException if some gain is not finite
   */
  public static double[][] finiteHorizon(
      ModelParameters.Linear model, QuadraticCost cost, double discount, int horizon) {
    RiccatiMap map =
        map(model, diagonal(cost.stateWeights()), diagonal(cost.actionWeights()), discount);
    double[][] gains = new double[horizon][];
    gains[horizon - 1] = firstGain(map);
    for (int step = horizon - 2; step >= 0; step--) {
      map.updateCostToGo();
      if (!map.updateGain()) {
        throw new PlanningException(
            "LQR: the gain of step "
                + step
                + " of "
                + horizon
                + " is not finite: the model grows too fast for this horizon; shorten it or give"
                + " the model more data");
      }
      gains[step] = map.gain();
    }
    return gains;
  }

  /**
   * The best feedback for each step of a system that changes with time; the last state is weighted
   * by Q as well. Where the cost to go grows without bound, because the model cannot be held for so
   * long, it is forgotten and the steps before look ahead to there only.
   *
   * @param horizon number of steps
   * @return K of every step, shape [horizon, A, S]
   * @throws PlanningException if some gain is not finite even so
   */
  public static double[] timeVarying(
      ModelParameters.TimeVaryingLinear model, QuadraticCost cost, double discount, int horizon) {
    int states = model.stateSize();
    int actions = model.actionSize();
    double root = Math.sqrt(discount);
    RiccatiMap map = new RiccatiMap(states, actions);
    map.setStateWeights(cost.stateWeights());
    map.setActionWeights(cost.actionWeights(), 0);
    map.startFromWeights();
    double[] gains = new double[horizon * actions * states];
    for (int t = horizon - 1; t >= 0; t--) {
      int step = model.index(t);
      map.setSystem(
          root,
          model.stateMatrices(),
          step * states * states,
          model.actionMatrices(),
          step * states * actions);
      if (!map.updateGain()) {
        map.startFromWeights();
        double[] unused = firstGain(map);
      }
      map.gain(gains, t * actions * states);
      map.updateCostToGo();
    }
    return gains;
  }

  /** The matrix with this diagonal. */
  public static double[] diagonal(double[] weights) {
    double[] matrix = new double[weights.length * weights.length];
    for (int i = 0; i < weights.length; i++) {
      matrix[i * weights.length + i] = weights[i];
    }
    return matrix;
  }

  private static double[] firstGain(RiccatiMap map) {
    if (!map.updateGain()) {
      throw new PlanningException(
          "LQR: no feedback gain is finite: the model's matrices hold NaN or overflow, or the action"
              + " weights are not positive definite");
    }
    return map.gain();
  }

  private static RiccatiMap map(
      ModelParameters.Linear model,
      double[] stateWeights,
      double[] actionWeights,
      double discount) {
    int states = model.stateSize();
    int actions = model.actionSize();
    if (stateWeights.length != states * states || actionWeights.length != actions * actions) {
      throw new IllegalArgumentException(
          "weights of "
              + stateWeights.length
              + " and "
              + actionWeights.length
              + " values do not fit a model of "
              + states
              + " states and "
              + actions
              + " actions");
    }
    RiccatiMap map = new RiccatiMap(states, actions);
    map.setSystem(Math.sqrt(discount), model.stateMatrix(), 0, model.actionMatrix(), 0);
    map.setWeights(stateWeights, actionWeights);
    map.startFromWeights();
    return map;
  }

  private static double[] scaled(double factor, double[] values) {
    double[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor;
    }
    return result;
  }
}
