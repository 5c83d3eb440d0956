package org.planloop.planning;

import java.util.Arrays;

/**
 * Model-predictive control with {@link Ilqr}: at every step the next H steps are optimised anew
 * from the state that was reached, beginning with the plan of the step before, and the first action
 * is flown. At the end of the trajectory the horizon gets shorter. One episode each.
 */
public final class RecedingHorizonIlqr {
  private final TrajectoryDynamics dynamics;
  private final TrajectoryCost cost;
  private final int horizon;
  private final Ilqr.Settings settings;
  private final double[][] plan;
  private int step;

  /**
   * @param dynamics the model that is planned in
   * @param cost of the whole trajectory
   * @param plan actions to begin with, shape [steps][A]: of a plan for the whole trajectory
   * @param horizon steps to look ahead, at least 1
   * @param iterations of iLQR a step
   */
  public RecedingHorizonIlqr(
      TrajectoryDynamics dynamics,
      TrajectoryCost cost,
      double[][] plan,
      int horizon,
      int iterations) {
    if (plan.length != cost.horizon() || horizon < 1) {
      throw new IllegalArgumentException(
          "a trajectory of "
              + cost.horizon()
              + " steps needs as many planned actions ("
              + plan.length
              + ") and a horizon of at least one step ("
              + horizon
              + ")");
    }
    this.dynamics = dynamics;
    this.cost = cost;
    this.plan = Arrays.stream(plan).map(double[]::clone).toArray(double[][]::new);
    this.horizon = horizon;
    this.settings = Ilqr.Settings.direct(iterations, 1e-6);
  }

  /**
   * The action of the next step.
   *
   * @param state that was reached, shape [S]
   * @throws IllegalStateException after the last step
   * @throws PlanningException if the model diverges from here
   */
  public double[] act(double[] state) {
    if (step >= plan.length) {
      throw new IllegalStateException("the trajectory has only " + plan.length + " steps");
    }
    int from = step++;
    int to = Math.min(plan.length, from + horizon);
    TrajectoryCost window =
        new TrajectoryCost(
            Arrays.copyOfRange(cost.targetStates(), from, to + 1),
            Arrays.copyOfRange(cost.targetActions(), from, to),
            Arrays.copyOfRange(cost.stateWeights(), from, to + 1),
            Arrays.copyOfRange(cost.actionWeights(), from, to));
    Ilqr.Solution solution =
        Ilqr.solve(
            new Later(dynamics, from), window, state, Arrays.copyOfRange(plan, from, to), settings);
    System.arraycopy(solution.actions(), 0, plan, from, to - from);
    return solution.actions()[0].clone();
  }

  /** The dynamics from a later step on. */
  private record Later(TrajectoryDynamics whole, int from) implements TrajectoryDynamics {
    @Override
    public int stateSize() {
      return whole.stateSize();
    }

    @Override
    public int actionSize() {
      return whole.actionSize();
    }

    @Override
    public void step(int t, double[] state, double[] action, double[] next) {
      whole.step(from + t, state, action, next);
    }

    @Override
    public void linearize(int t, double[] state, double[] action, double[] a, double[] b) {
      whole.linearize(from + t, state, action, a, b);
    }
  }
}
