package org.planloop.planning;

import java.util.Arrays;
import org.planloop.environment.QuadraticCost;

/**
 * A quadratic cost about a target that moves: the sum over t = 0 .. H - 1 of r_t (u_t - u*_t)^2 +
 * q_t+1 (x_t+1 - x*_t+1)^2, coordinate by coordinate. The start is not charged.
 *
 * @param targetStates x*, shape [H + 1][S]
 * @param targetActions u*, shape [H][A]
 * @param stateWeights q, shape [H + 1][S]; none negative
 * @param actionWeights r, shape [H][A]; all positive
 */
public record TrajectoryCost(
    double[][] targetStates,
    double[][] targetActions,
    double[][] stateWeights,
    double[][] actionWeights) {
  public TrajectoryCost {
    int steps = targetActions.length;
    if (steps == 0
        || targetStates.length != steps + 1
        || stateWeights.length != steps + 1
        || actionWeights.length != steps) {
      throw new IllegalArgumentException(
          "a cost of "
              + steps
              + " actions needs one more target state than that ("
              + targetStates.length
              + "), as many state weights ("
              + stateWeights.length
              + ") and "
              + steps
              + " action weights ("
              + actionWeights.length
              + ")");
    }
  }

  /** The same weights at every step, and no action as the action's target. */
  public static TrajectoryCost about(double[][] targetStates, QuadraticCost weights) {
    int steps = targetStates.length - 1;
    double[][] state = new double[steps + 1][];
    double[][] action = new double[steps][];
    Arrays.fill(state, weights.stateWeights());
    Arrays.fill(action, weights.actionWeights());
    return new TrajectoryCost(targetStates, new double[steps][action[0].length], state, action);
  }

  /** Number of steps H. */
  public int horizon() {
    return targetActions.length;
  }

  /**
   * The cost of a trajectory.
   *
   * @param states shape [H + 1][S]
   * @param actions shape [H][A]
   */
  public double of(double[][] states, double[][] actions) {
    double sum = 0;
    for (int t = 0; t < horizon(); t++) {
      sum += weighted(actionWeights[t], actions[t], targetActions[t]);
      sum += weighted(stateWeights[t + 1], states[t + 1], targetStates[t + 1]);
    }
    return sum;
  }

  private static double weighted(double[] weights, double[] values, double[] targets) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double error = values[i] - targets[i];
      sum += weights[i] * error * error;
    }
    return sum;
  }
}
