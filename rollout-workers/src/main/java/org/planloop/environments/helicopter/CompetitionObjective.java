package org.planloop.environments.helicopter;

import org.planloop.environment.Objective;

/**
 * Minus the squares of velocity, position, rates and attitude (vector part) after the step. Leaving
 * the box of 20 m, 5 m/s, 12.566 rad/s or 30 degrees is a crash, and each step that it cuts off
 * costs what the corner of the box does.
 */
record CompetitionObjective() implements Objective {
  private static final double FAR = 20;
  private static final double FAST = 5;
  private static final double SPIN = 12.566;
  private static final double TILT = Math.cos(Math.toRadians(15));
  private static final double CORNER =
      3 * FAR * FAR + 3 * FAST * FAST + 3 * SPIN * SPIN + 1 - TILT * TILT;

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    // Lengths are the same in the body frame, which is observed, and in the world.
    double sum = 0;
    for (int i = 0; i < CompetitionDynamics.OBSERVED; i++) {
      sum += next[i] * next[i];
    }
    return -sum;
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return Math.abs(next[CompetitionDynamics.RATES]) > SPIN
        || Math.abs(next[CompetitionDynamics.RATES + 1]) > SPIN
        || Math.abs(next[CompetitionDynamics.RATES + 2]) > SPIN
        || Attitude.scalar(next, CompetitionDynamics.ATTITUDE) < TILT
        || outside(next, CompetitionDynamics.POSITION, FAR)
        || outside(next, CompetitionDynamics.VELOCITY, FAST);
  }

  /**
   * Whether the body vector at {@code at} leaves the box of half width {@code bound} in the world.
   */
  private static boolean outside(double[] next, int at, double bound) {
    double bx = next[at];
    double by = next[at + 1];
    double bz = next[at + 2];
    if (bx * bx + by * by + bz * bz <= bound * bound) {
      return false;
    }
    double x = next[CompetitionDynamics.ATTITUDE];
    double y = next[CompetitionDynamics.ATTITUDE + 1];
    double z = next[CompetitionDynamics.ATTITUDE + 2];
    double w = Attitude.scalar(next, CompetitionDynamics.ATTITUDE);
    return Math.abs(Attitude.north(x, y, z, w, bx, by, bz)) > bound
        || Math.abs(Attitude.east(x, y, z, w, bx, by, bz)) > bound
        || Math.abs(Attitude.down(x, y, z, w, bx, by, bz)) > bound;
  }

  @Override
  public double terminalReward(int remainingSteps) {
    return -CORNER * remainingSteps;
  }

  @Override
  public boolean terminationIsCrash() {
    return true;
  }
}
