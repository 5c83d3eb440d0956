package org.planloop.environments.cartpole;

import org.planloop.environment.Objective;

/** 1 a step, the last one included, until the pole leaves +-12 degrees or the cart +-2.4 m. */
record BalanceObjective() implements Objective {
  private static final double RAIL = 2.4;
  private static final double TILT = Math.toRadians(12);

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return 1;
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return Math.abs(next[0]) > RAIL || Math.abs(next[2]) > TILT;
  }

  @Override
  public boolean terminationIsCrash() {
    return true;
  }
}
