package org.planloop.planning;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.stream.IntStream;
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

  private final TabularBackup backup;
  private final int states;
  private final int actions;
  private final double[] values;
  private long backups;

  /**
   * A policy and its values.
   *
   * @param values shape [S], exact to 1e-12 of the largest value; 0 where nobody asked
   * @param actions shape [S]; among equally good actions the first
   * @param backups how often the model was asked for E[r + discount V(s')] of a state and action
   */
  public record Solution(double[] values, int[] actions, long backups) {}

  private ValueIteration(ModelParameters.Tabular model, Objective objective, double discount) {
    backup = TabularBackup.of(model, objective, discount);
    states = model.states();
    actions = model.actions();
    values = new double[states];
  }

  /**
   * @param discount in (0, 1]; 1 only where every way to act ends
   * @throws PlanningException if the values do not settle: a discount of 1 and a way to collect
   *     reward for ever
   */
  public static Solution solve(
      ModelParameters.Tabular model, Objective objective, double discount) {
    ValueIteration iteration = new ValueIteration(model, objective, discount);
    double threshold = threshold(discount);
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      if (iteration.sweep() <= threshold) {
        return new Solution(iteration.values, iteration.greedy(), iteration.backups);
      }
    }
    throw unsettled(discount);
  }

  /**
   * Improves a policy lazily (Vemula et al. 2023): evaluates it where its improvement can lead, and
   * takes the better action in some states alone, those that the expert visits. Everywhere else it
   * stays as it is, so the model is asked a fraction of what {@link #solve} asks.
   *
   * @param policy shape [S]
   * @param along the states that are improved
   * @return the values are those of {@code policy}, not of the improved one; an action changes only
   *     for a better one
   * @throws PlanningException if the policy's values do not settle
   */
  public static Solution improve(
      ModelParameters.Tabular model,
      Objective objective,
      double discount,
      int[] policy,
      int[] along) {
    ValueIteration iteration = new ValueIteration(model, objective, discount);
    int[] needed = iteration.reached(policy, along);
    double threshold = threshold(discount);
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      if (iteration.evaluate(policy, needed) <= threshold) {
        return new Solution(iteration.values, iteration.improved(policy, along), iteration.backups);
      }
    }
    throw unsettled(discount);
  }

  private static PlanningException unsettled(double discount) {
    return new PlanningException(
        "value iteration did not settle within "
            + MAX_SWEEPS
            + " sweeps at discount = "
            + discount
            + "; a discount below 1 makes it settle");
  }

  /** A change of d in a sweep leaves an error of at most d g / (1 - g); rounding sets the floor. */
  private static double threshold(double discount) {
    return Math.max(TOLERANCE * (1 - discount) / discount, 4 * Math.ulp(1.0));
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

  /** Where any action in {@code along} leads, and the policy from there, in ascending order. */
  private int[] reached(int[] policy, int[] along) {
    boolean[] reached = new boolean[states];
    Deque<Integer> open = new ArrayDeque<>();
    for (int state : along) {
      for (int action = 0; action < actions; action++) {
        reach(state, action, reached, open);
      }
    }
    while (!open.isEmpty()) {
      int state = open.pop();
      reach(state, policy[state], reached, open);
    }
    return IntStream.range(0, states).filter(state -> reached[state]).toArray();
  }

  private void reach(int state, int action, boolean[] reached, Deque<Integer> open) {
    int from = (state * actions + action) * states;
    for (int next = 0; next < states; next++) {
      if (backup.weights()[from + next] > 0 && !reached[next]) {
        reached[next] = true;
        open.push(next);
      }
    }
  }

  /** Brings the values of {@code needed} closer to the policy's; gives the largest change. */
  private double evaluate(int[] policy, int[] needed) {
    double change = 0;
    double largest = 1;
    for (int state : needed) {
      double value = value(state, policy[state]);
      change = Math.max(change, Math.abs(value - values[state]));
      largest = Math.max(largest, Math.abs(value));
      values[state] = value;
    }
    return change / largest;
  }

  private int[] improved(int[] policy, int[] along) {
    double scale = Math.max(1, Arrays.stream(values).map(Math::abs).max().orElse(0));
    int[] result = policy.clone();
    for (int state : along) {
      double best = value(state, policy[state]);
      for (int action = 0; action < actions; action++) {
        double value = value(state, action);
        if (value > best + TIE * scale) {
          best = value;
          result[state] = action;
        }
      }
    }
    return result;
  }

  private double value(int state, int action) {
    backups++;
    return backup.value(state * actions + action, values);
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
