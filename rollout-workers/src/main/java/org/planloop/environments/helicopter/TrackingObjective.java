package org.planloop.environments.helicopter;

import java.util.Arrays;
import org.planloop.environment.Objective;
import org.planloop.environment.QuadraticCost;

/**
 * The cost of following a moving target, on the error state after the step, times 0.05 s: 1000
 * |du|^2 + 0.01 |velocity|^2 + 10 |position|^2 + |rates|^2 + 10 |attitude|^2. More than 10 m off or
 * an attitude that is off by more than 0.7 (89 degrees) is a crash, and each step that it cuts off
 * costs 150: as in hover, three times what a step at the limit costs.
 *
 * <p>As in hover, a planner weighs its command instead of the applied change.
 */
record TrackingObjective() implements Objective, QuadraticCost {
  private static final double CHANGE_WEIGHT = 1000;
  private static final double VELOCITY_WEIGHT = 0.01;
  private static final double POSITION_WEIGHT = 10;
  private static final double RATES_WEIGHT = 1;
  private static final double ATTITUDE_WEIGHT = 10;
  private static final double CRASH_DISTANCE = 10;
  private static final double CRASH_ATTITUDE = 0.7;
  private static final double CRASH_COST = 150;

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return -HoverDynamics.STEP
        * (CHANGE_WEIGHT * square(next, HoverDynamics.CHANGE, HoverDynamics.VELOCITY)
            + VELOCITY_WEIGHT * square(next, HoverDynamics.VELOCITY, HoverDynamics.POSITION)
            + POSITION_WEIGHT * square(next, HoverDynamics.POSITION, HoverDynamics.RATES)
            + RATES_WEIGHT * square(next, HoverDynamics.RATES, HoverDynamics.ATTITUDE)
            + ATTITUDE_WEIGHT * square(next, HoverDynamics.ATTITUDE, TrackingDynamics.ONE));
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
    fill(weights, HoverDynamics.VELOCITY, HoverDynamics.POSITION, VELOCITY_WEIGHT);
    fill(weights, HoverDynamics.POSITION, HoverDynamics.RATES, POSITION_WEIGHT);
    fill(weights, HoverDynamics.RATES, HoverDynamics.ATTITUDE, RATES_WEIGHT);
    fill(weights, HoverDynamics.ATTITUDE, TrackingDynamics.ONE, ATTITUDE_WEIGHT);
    return weights;
  }

  private static void fill(double[] weights, int from, int to, double weight) {
    Arrays.fill(weights, from, to, HoverDynamics.STEP * weight);
  }

  @Override
  public double[] actionWeights() {
    double[] weights = new double[4];
    Arrays.fill(weights, HoverDynamics.STEP * CHANGE_WEIGHT);
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
