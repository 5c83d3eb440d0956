package org.planloop.planning;

import java.util.Arrays;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Objective;

/**
 * Value iteration in a finite MDP (Puterman, Markov Decision Processes, section 6.3), sweeping the
 * states in place, all in double.
 *
 * <p>Reward and termination come from the objective, on state and action indices; what follows a
 * termination counts for nothing.
 */
public final class ValueIteration {
  private static final double TOLERANCE = 1e-12;
  private static final double TIE = 1e-10;
  private static final int MAX_SWEEPS = 1_000_000;

  private final int states;
  private final int actions;

  /** Expected reward, shape [S, A]. */
  private final double[] rewards;

  /** Discounted probability of going on in s', shape [S, A, S]. */
  private final double[] weights;

  private final double[] values;

  /**
   * An optimal policy and its values.
   *
   * @param values shape [S], exact to 1e-12 of the largest value
   * @param actions shape [S]; among equally good actions the first
   */
  public record Solution(double[] values, int[] actions) {}

  private ValueIteration(ModelParameters.Tabular model, Objective objective, double discount) {
    states = model.states();
    actions = model.actions();
    rewards = new double[states * actions];
    weights = model.probabilities().clone();
    values = new double[states];
    for (int state = 0; state < states; state++) {
      for (int action = 0; action < actions; action++) {
        enter(state, action, objective, discount);
      }
    }
  }

  /** Sums what {@code action} pays in {@code state}, and stops what ends. */
  private void enter(int state, int action, Objective objective, double discount) {
    int pair = state * actions + action;
    double[] from = {state};
    double[] act = {action};
    for (int next = 0; next < states; next++) {
      double probability = weights[pair * states + next];
      if (probability > 0) {
        double[] to = {next};
        boolean ends = objective.terminated(from, act, to);
        double reward = objective.reward(from, act, to);
        rewards[pair] += probability * (ends ? reward + objective.terminalReward(0) : reward);
        weights[pair * states + next] = ends ? 0 : discount * probability;
      }
    }
  }

  /**
   * @param discount in (0, 1]; 1 only where every way to act ends
   * @throws PlanningException if the values do not settle: a discount of 1 and a way to collect
   *     reward for ever
   */
  public static Solution solve(
      ModelParameters.Tabular model, Objective objective, double discount) {
    ValueIteration iteration = new ValueIteration(model, objective, discount);
    // A change of d in a sweep leaves an error of at most d g / (1 - g); rounding sets the floor.
    double threshold = Math.max(TOLERANCE * (1 - discount) / discount, 4 * Math.ulp(1.0));
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      if (iteration.sweep() <= threshold) {
        return new Solution(iteration.values, iteration.greedy());
      }
    }
    throw new PlanningException(
        "value iteration did not settle within "
            + MAX_SWEEPS
            + " sweeps at discount = "
            + discount
            + "; a discount below 1 makes it settle");
  }

  /** Improves every value once; gives the largest change, relative to values above 1. */
  private double sweep() {
    double change = 0;
    double largest = 1;
    for (int s = 0; s < states; s++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int a = 0; a < actions; a++) {
        best = Math.max(best, value(s, a));
      }
      change = Math.max(change, Math.abs(best - values[s]));
      largest = Math.max(largest, Math.abs(best));
      values[s] = best;
    }
    return change / largest;
  }

  private double value(int state, int action) {
    int pair = state * actions + action;
    double value = rewards[pair];
    for (int next = 0; next < states; next++) {
      value += weights[pair * states + next] * values[next];
    }
    return value;
  }

  private int[] greedy() {
    double scale = Math.max(1, Arrays.stream(values).map(Math::abs).max().orElse(0));
    int[] policy = new int[states];
    for (int s = 0; s < states; s++) {
      while (value(s, policy[s]) < values[s] - TIE * scale) {
        policy[s]++;
      }
    }
    return policy;
  }
}
