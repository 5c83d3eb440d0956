package org.planloop.environments.pendulum;

import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * A rod of 1 kg and 1 m with g = 10 m/s^2, by semi-implicit Euler steps of 0.05 s; the speed is
 * clipped to +-8 rad/s.
 */
record PendulumDynamics() implements Simulator {
  static final double STEP = 0.05;
  static final double GRAVITY_TERM = 15;

  private static final double TORQUE_TERM = 3;
  private static final double TOP_SPEED = 8;

  @Override
  public int size() {
    return 2;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    full[0] = Math.PI * (2 * random.nextDouble() - 1);
    full[1] = 2 * random.nextDouble() - 1;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    double acceleration = GRAVITY_TERM * Math.sin(full[0]) + TORQUE_TERM * action[0];
    double speed = full[1] + acceleration * STEP;
    full[1] = Math.max(-TOP_SPEED, Math.min(TOP_SPEED, speed));
    full[0] += full[1] * STEP;
  }
}
