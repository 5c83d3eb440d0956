package org.planloop.environments.cartpole;

import org.planloop.environment.Objective;

/**
 * exp(-|tip - (0, 0.6)|^2 / 0.36) - 0.01 u^2 on the state after the step, where the tip of the pole
 * stands at (x - 0.6 sin theta, -0.6 cos theta) metres. Never terminates.
 */
record SwingUpObjective() implements Objective {
  private static final double LENGTH = 0.6;

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    double tipX = next[0] - LENGTH * Math.sin(next[1]);
    double tipAbove = -LENGTH * Math.cos(next[1]) - LENGTH;
    double distance = tipX * tipX + tipAbove * tipAbove;
    return Math.exp(-distance / (LENGTH * LENGTH)) - 0.01 * action[0] * action[0];
  }
}
