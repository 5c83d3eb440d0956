package org.planloop.environment;

/**
 * The quadratic cost that LQR plans with, where an environment states one: sum of q_i s_i^2 + r_j
 * a_j^2 a step. An {@link Objective} that also implements this can be planned for by Riccati
 * equations.
 */
public interface QuadraticCost {
  /** Diagonal weights of the state, shape [S]; none negative. */
  double[] stateWeights();

  /** Diagonal weights of the action, shape [A]; all positive. */
  double[] actionWeights();
}
