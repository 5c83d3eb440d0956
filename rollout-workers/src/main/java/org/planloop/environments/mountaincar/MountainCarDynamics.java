package org.planloop.environments.mountaincar;

import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * Gymnasium's MountainCar-v0 (Moore 1990): a push of 0.001 against a slope of 0.0025 cos(3 x), an
 * inelastic wall on the left. Only the start is random.
 */
record MountainCarDynamics() implements Simulator {
  static final double LEFT = -1.2;
  static final double RIGHT = 0.6;
  static final double FASTEST = 0.07;

  private static final double FORCE = 0.001;
  private static final double GRAVITY = 0.0025;
  private static final double START_LOW = -0.6;
  private static final double START_HIGH = -0.4;

  @Override
  public int size() {
    return 2;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    full[0] = START_LOW + (START_HIGH - START_LOW) * random.nextDouble();
    full[1] = 0;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    double velocity = full[1] + (action[0] - 1) * FORCE - GRAVITY * Math.cos(3 * full[0]);
    velocity = Math.min(FASTEST, Math.max(-FASTEST, velocity));
    double position = Math.min(RIGHT, Math.max(LEFT, full[0] + velocity));
    full[0] = position;
    full[1] = position == LEFT && velocity < 0 ? 0 : velocity;
  }
}
