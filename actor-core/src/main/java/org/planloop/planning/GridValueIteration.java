package org.planloop.planning;

import java.util.Arrays;
import org.planloop.data.ArrayLength;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.Objective;
import org.planloop.environment.StateGrid;

/**
 * Value iteration for a few real dimensions and finitely many actions, in any model that can be
 * rolled out: V lives on the nodes of a regular grid and is interpolated multilinearly between them
 * (Davies 1997; Munos and Moore 2002), so that the model becomes a finite MDP whose probabilities
 * are the interpolation's weights. What leaves the grid is taken for its nearest point.
 *
 * <p>After k sweeps V is the best return of k steps, so a discount of 1 is allowed: what never ends
 * is worth the horizon's sum of rewards. A model's prediction is its mean. A prediction that is not
 * a number rules its action out.
 */
public final class GridValueIteration {
  private static final int BLOCK = 4096;
  private static final double SETTLED = 1e-9;
  private static final double TIE = 1e-9;

  private final double[] low;
  private final double[] high;
  private final int[] nodes;
  private final int dimensions;
  private final int count;
  private final int actions;
  private final int corners;

  /** Reward of a step, shape [nodes, A]; minus infinity where the prediction is not a number. */
  private final double[] rewards;

  /** Nodes about s', shape [nodes, A, 2^S]. */
  private final int[] neighbours;

  /** Discounted weights of these nodes, all zero after an end; shape [nodes, A, 2^S]. */
  private final float[] weights;

  /**
   * A plan on the grid.
   *
   * @param values shape [nodes], the last dimension running fastest
   * @param actions likewise; among equally good actions the first
   */
  public record Solution(double[] values, int[] actions) {}

  private GridValueIteration(StateGrid grid, int actions) {
    this.low = grid.low();
    this.high = grid.high();
    this.nodes = grid.nodes();
    this.dimensions = nodes.length;
    this.count = ArrayLength.of("nodes of the grid", Arrays.stream(nodes).asLongStream().toArray());
    this.actions = actions;
    this.corners = 1 << dimensions;
    int entries = ArrayLength.of("nodes x actions x corners of the grid", count, actions, corners);
    this.rewards = new double[count * actions];
    this.neighbours = new int[entries];
    this.weights = new float[entries];
  }

  /**
   * Solves a model.
   *
   * @param actions number of discrete actions, carried as their indices
   * @param horizon sweeps at most; fewer if the values settle
   * @throws PlanningException if the model predicts no number for any action at some node
   */
  public static Solution solve(
      DynamicsModel model,
      Objective objective,
      StateGrid grid,
      int actions,
      double discount,
      int horizon) {
    GridValueIteration iteration = new GridValueIteration(grid, actions);
    for (int from = 0; from < iteration.count; from += BLOCK) {
      iteration.tabulate(model, objective, discount, from, Math.min(iteration.count, from + BLOCK));
    }
    double[] values = new double[iteration.count];
    double[] improved = new double[iteration.count];
    double change = Double.POSITIVE_INFINITY;
    for (int sweep = 0; sweep < horizon && change > SETTLED; sweep++) {
      change = iteration.sweep(values, improved);
      double[] swap = values;
      values = improved;
      improved = swap;
    }
    return new Solution(values, iteration.greedy(values));
  }

  /** Asks the model for what follows nodes {@code from} to {@code to} under every action. */
  private void tabulate(
      DynamicsModel model, Objective objective, double discount, int from, int to) {
    float[] starts = new float[(to - from) * dimensions];
    float[] acts = new float[(to - from) * actions];
    RandomStream[] random = new RandomStream[to - from];
    double[] state = new double[dimensions];
    for (int node = from; node < to; node++) {
      coordinates(node, state);
      for (int d = 0; d < dimensions; d++) {
        starts[(node - from) * dimensions + d] = (float) state[d];
      }
      for (int action = 0; action < actions; action++) {
        acts[(node - from) * actions + action] = action;
      }
      random[node - from] = RandomStream.silent();
    }
    Rollouts predicted =
        model.rollout(
            new RolloutRequest(
                to - from, actions, 1, 1, starts, acts, Propagation.EXPECTATION, false, random));
    for (int pair = from * actions; pair < to * actions; pair++) {
      enter(pair, pair - from * actions, predicted, objective, discount);
    }
  }

  private void enter(int pair, int row, Rollouts predicted, Objective objective, double discount) {
    double[] state = new double[dimensions];
    double[] action = {pair % actions};
    double[] next = new double[dimensions];
    coordinates(pair / actions, state);
    boolean finite = true;
    for (int d = 0; d < dimensions; d++) {
      next[d] = predicted.states()[row * dimensions + d];
      finite &= Double.isFinite(next[d]);
    }
    float[] learned = predicted.rewards();
    double reward =
        !finite
            ? Double.NaN
            : learned != null ? learned[row] : objective.reward(state, action, next);
    if (Double.isNaN(reward)) {
      rewards[pair] = Double.NEGATIVE_INFINITY;
      return;
    }
    float[] terminations = predicted.terminations();
    double ends =
        terminations != null
            ? terminations[row]
            : objective.terminated(state, action, next) ? 1 : 0;
    rewards[pair] = reward + (learned == null ? ends * objective.terminalReward(0) : 0);
    if (ends < 1) {
      interpolate(next, pair * corners, discount * (1 - ends));
    }
  }

  private void coordinates(int node, double[] state) {
    int left = node;
    for (int d = dimensions - 1; d >= 0; d--) {
      state[d] = low[d] + (high[d] - low[d]) * (left % nodes[d]) / (nodes[d] - 1);
      left /= nodes[d];
    }
  }

  /** Spreads {@code weight} over the corners of the cell about a state. */
  private void interpolate(double[] state, int at, double weight) {
    neighbours[at] = 0;
    weights[at] = (float) weight;
    int filled = 1;
    for (int d = 0; d < dimensions; d++) {
      double position = (state[d] - low[d]) / (high[d] - low[d]) * (nodes[d] - 1);
      double inside = Math.min(nodes[d] - 1, Math.max(0, position));
      int below = Math.min(nodes[d] - 2, (int) inside);
      float share = (float) (inside - below);
      for (int i = 0; i < filled; i++) {
        neighbours[at + i] = neighbours[at + i] * nodes[d] + below;
        neighbours[at + filled + i] = neighbours[at + i] + 1;
        weights[at + filled + i] = weights[at + i] * share;
        weights[at + i] *= 1 - share;
      }
      filled *= 2;
    }
  }

  private double sweep(double[] values, double[] improved) {
    double change = 0;
    for (int node = 0; node < count; node++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int action = 0; action < actions; action++) {
        best = Math.max(best, value(node * actions + action, values));
      }
      if (best == Double.NEGATIVE_INFINITY) {
        throw new PlanningException(
            "the model predicts no number for any action at node "
                + node
                + " of the grid; fit it to more varied data, or with a smaller learning rate");
      }
      change = Math.max(change, Math.abs(best - values[node]));
      improved[node] = best;
    }
    return change;
  }

  private double value(int pair, double[] values) {
    double value = rewards[pair];
    for (int i = pair * corners; i < (pair + 1) * corners; i++) {
      value += weights[i] * values[neighbours[i]];
    }
    return value;
  }

  private int[] greedy(double[] values) {
    int[] policy = new int[count];
    for (int node = 0; node < count; node++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int action = 0; action < actions; action++) {
        double value = value(node * actions + action, values);
        if (value > best + TIE) {
          best = value;
          policy[node] = action;
        }
      }
    }
    return policy;
  }
}
