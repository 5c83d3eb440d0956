package org.planloop.environments.helicopter;

import java.util.Arrays;
import org.planloop.environment.Objective;
import org.planloop.environment.QuadraticCost;

/**
 * The cost of following a moving target, on the error state after the step, times 0.05 s: each
 * group of errors squared, by its weight. More than 10 m off or an attitude that is off by more
 * than 0.7 (89 degrees) is a crash, and each step that it cuts off costs 150: in the funnel three
 * times what a step at the limit costs, as in hover.
 *
 * <p>As in hover, a planner weighs its command instead of the applied change.
 *
 * @param change weight of du
 * @param velocity of the velocity's error, (m/s)^-2
 * @param position of the position's error, 1/m^2
 * @param rates of the rates' error
 * @param attitude of the attitude's error
 */
record TrackingObjective(
    double change, double velocity, double position, double rates, double attitude)
    implements Objective, QuadraticCost {
  /** The weights of the nose-in funnel. */
  static final TrackingObjective FUNNEL = new TrackingObjective(1000, 0.01, 10, 1, 10);

  private static final double CRASH_DISTANCE = 10;
  private static final double CRASH_ATTITUDE = 0.7;
  private static final double CRASH_COST = 150;

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return -HoverDynamics.STEP
        * (change * square(next, HoverDynamics.CHANGE, HoverDynamics.VELOCITY)
            + velocity * square(next, HoverDynamics.VELOCITY, HoverDynamics.POSITION)
            + position * square(next, HoverDynamics.POSITION, HoverDynamics.RATES)
            + rates * square(next, HoverDynamics.RATES, HoverDynamics.ATTITUDE)
            + attitude * square(next, HoverDynamics.ATTITUDE, TrackingDynamics.ONE));
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return square(next, HoverDynamics.POSITION, HoverDynamics.RATES)
            > CRASH_DISTANCE * CRASH_DISTANCE
        || square(next, HoverDynamics.ATTITUDE, TrackingDynamics.ONE)
            > CRASH_ATTITUDE * CRASH_ATTITUDE;
  }

  @Override
  public double terminalReward(int remainingSteps) {
    return -CRASH_COST * remainingSteps;
  }

  @Override
  public boolean terminationIsCrash() {
    return true;
  }

  @Override
  public double[] stateWeights() {
    double[] weights = new double[TrackingDynamics.OBSERVED];
    fill(weights, HoverDynamics.VELOCITY, HoverDynamics.POSITION, velocity);
    fill(weights, HoverDynamics.POSITION, HoverDynamics.RATES, position);
    fill(weights, HoverDynamics.RATES, HoverDynamics.ATTITUDE, rates);
    fill(weights, HoverDynamics.ATTITUDE, TrackingDynamics.ONE, attitude);
    return weights;
  }

  private static void fill(double[] weights, int from, int to, double weight) {
    Arrays.fill(weights, from, to, HoverDynamics.STEP * weight);
  }

  @Override
  public double[] actionWeights() {
    double[] weights = new double[4];
    Arrays.fill(weights, HoverDynamics.STEP * change);
    return weights;
  }

  private static double square(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i] * values[i];
    }
    return sum;
  }
}
