package org.planloop.environment;

/**
 * The part of a low-dimensional state space that matters, and how finely a planner should look at
 * it, where an environment states one: an {@link Objective} that also implements this can be
 * planned for by value iteration on a regular grid, in any model that can be rolled out.
 */
public interface StateGrid {
  /** Lower corner, shape [S]. */
  double[] low();

  /** Upper corner, shape [S]. */
  double[] high();

  /** Nodes along each dimension, corners included: at least 2 each; shape [S]. */
  int[] nodes();
}
