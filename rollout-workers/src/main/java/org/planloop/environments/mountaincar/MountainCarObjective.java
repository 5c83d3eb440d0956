package org.planloop.environments.mountaincar;

import org.planloop.environment.Objective;
import org.planloop.environment.StateGrid;

/**
 * -1 a step until the flag at 0.5 is reached.
 *
 * @param resolution nodes along each dimension of the grid that a planner looks at
 */
record MountainCarObjective(int resolution) implements Objective, StateGrid {
  private static final double GOAL = 0.5;

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return -1;
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return next[0] >= GOAL && next[1] >= 0;
  }

  @Override
  public double[] low() {
    return new double[] {MountainCarDynamics.LEFT, -MountainCarDynamics.FASTEST};
  }

  @Override
  public double[] high() {
    return new double[] {MountainCarDynamics.RIGHT, MountainCarDynamics.FASTEST};
  }

  @Override
  public int[] nodes() {
    return new int[] {resolution, resolution};
  }
}
