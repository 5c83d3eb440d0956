package org.planloop.environments.pendulum;

import org.planloop.environment.Objective;

/**
 * -(theta^2 + 0.1 theta'^2 + 0.001 u^2) on the state before the step, theta wrapped to [-pi, pi).
 * Never terminates.
 */
record PendulumObjective() implements Objective {
  @Override
  public double reward(double[] state, double[] action, double[] next) {
    double theta = state[0] - 2 * Math.PI * Math.floor((state[0] + Math.PI) / (2 * Math.PI));
    return -(theta * theta + 0.1 * state[1] * state[1] + 0.001 * action[0] * action[0]);
  }
}
