package org.planloop.environments.cartpole;

import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * A cart of 1 kg and a rod of 0.1 kg and half-length 0.5 m without friction, by explicit Euler
 * steps; the equations are those of Florian (2007), "Correct equations for the dynamics of the
 * cart-pole system", without friction.
 *
 * @param step length of a step in seconds
 */
record BalanceDynamics(double step) implements Simulator {
  static final double STEP = 0.02;

  static final double GRAVITY = 9.8;
  static final double CART_MASS = 1;
  static final double POLE_MASS = 0.1;
  static final double HALF_LENGTH = 0.5;

  private static final double FORCE = 10;
  private static final double START = 0.05;
  private static final double TOTAL = CART_MASS + POLE_MASS;
  private static final double MOMENT = POLE_MASS * HALF_LENGTH;

  @Override
  public int size() {
    return 4;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    for (int i = 0; i < 4; i++) {
      full[i] = START * (2 * random.nextDouble() - 1);
    }
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    double sin = Math.sin(full[2]);
    double cos = Math.cos(full[2]);
    double pushed = (FORCE * action[0] + MOMENT * full[3] * full[3] * sin) / TOTAL;
    double poleAcceleration =
        (GRAVITY * sin - cos * pushed)
            / (HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * cos * cos / TOTAL));
    double cartAcceleration = pushed - MOMENT * poleAcceleration * cos / TOTAL;
    full[0] += step * full[1];
    full[1] += step * cartAcceleration;
    full[2] += step * full[3];
    full[3] += step * poleAcceleration;
  }
}
