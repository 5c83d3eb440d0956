package org.planloop.environments.helicopter;

import java.util.Arrays;
import java.util.List;
import org.planloop.environment.Limit;
import org.planloop.environment.Objective;
import org.planloop.environment.QuadraticCost;

/**
 * The cost of hover on the error state after the step, times 0.05 s: 1000 |du|^2 + |velocity|^2 +
 * |position|^2 + |rates|^2 + |attitude|^2. More than 10 m away or an attitude beyond 0.7 (89
 * degrees) is a crash, and each step that it cuts off costs 15.
 *
 * <p>The change of the controls is charged where it is applied. A planner weighs its command
 * instead: a weight on the applied change leaves the command free under delay.
 */
record HoverObjective() implements Objective, QuadraticCost {
  private static final double CHANGE_WEIGHT = 1000;
  private static final double CRASH_DISTANCE = 10;
  private static final double CRASH_ATTITUDE = 0.7;
  private static final double CRASH_COST = 15;

  /** Beyond the first two it crashes; beyond the others a crash is hard to avoid. */
  static final List<Limit> LIMITS =
      List.of(
          new Limit(List.of("north", "east", "down"), CRASH_DISTANCE),
          new Limit(List.of("q_x", "q_y", "q_z"), CRASH_ATTITUDE),
          new Limit(List.of("p", "q", "r"), 3),
          new Limit(List.of("v_north", "v_east", "v_down"), 6));

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    double change = square(next, HoverDynamics.CHANGE, HoverDynamics.VELOCITY);
    double rest = square(next, HoverDynamics.VELOCITY, HoverDynamics.OBSERVED - 1);
    return -HoverDynamics.STEP * (CHANGE_WEIGHT * change + rest);
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return square(next, HoverDynamics.POSITION, HoverDynamics.RATES)
            > CRASH_DISTANCE * CRASH_DISTANCE
        || square(next, HoverDynamics.ATTITUDE, HoverDynamics.OBSERVED - 1)
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
    double[] weights = new double[HoverDynamics.OBSERVED];
    Arrays.fill(weights, HoverDynamics.VELOCITY, HoverDynamics.OBSERVED - 1, HoverDynamics.STEP);
    return weights;
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
