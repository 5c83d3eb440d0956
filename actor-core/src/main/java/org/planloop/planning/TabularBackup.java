package org.planloop.planning;

import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Objective;

/**
 * What a finite MDP pays and where it goes on, so that Q(s, a) = E[r + discount V(s')] is one sum:
 * V is worth nothing after an end. A pair (s, a) has the index s A + a.
 *
 * @param rewards expected reward of a step, shape [S, A]
 * @param weights discount times the probability of going on in s', shape [S, A, S]; what is missing
 *     to the discount is the probability of ending
 */
public record TabularBackup(int states, int actions, double[] rewards, double[] weights) {
  public TabularBackup {
    if (rewards.length != states * actions || weights.length != states * actions * states) {
      throw new IllegalArgumentException(
          rewards.length
              + " rewards and "
              + weights.length
              + " weights do not fit "
              + states
              + " states and "
              + actions
              + " actions");
    }
  }

  /**
   * A table with an objective, which knows states and actions as indices.
   *
   * @param discount factor a step, in (0, 1]
   */
  public static TabularBackup of(
      ModelParameters.Tabular table, Objective objective, double discount) {
    int states = table.states();
    int actions = table.actions();
    double[] rewards = new double[states * actions];
    double[] weights = new double[states * actions * states];
    for (int pair = 0; pair < rewards.length; pair++) {
      int from = pair / actions;
      double[] state = {from};
      double[] action = {pair % actions};
      for (int next = 0; next < states; next++) {
        double probability = table.probabilities()[pair * states + next];
        if (probability > 0) {
          double[] to = {next};
          boolean ends = objective.terminated(state, action, to);
          double reward = objective.reward(state, action, to);
          rewards[pair] += probability * (ends ? reward + objective.terminalReward(0) : reward);
          weights[pair * states + next] = ends ? 0 : discount * probability;
        }
      }
    }
    return new TabularBackup(states, actions, rewards, weights);
  }

  /**
   * Q of one pair.
   *
   * @param values V, shape [S]
   */
  public double value(int pair, double[] values) {
    double value = rewards[pair];
    for (int next = 0; next < states; next++) {
      value += weights[pair * states + next] * values[next];
    }
    return value;
  }
}
