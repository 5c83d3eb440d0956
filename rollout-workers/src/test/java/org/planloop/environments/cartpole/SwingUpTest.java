package org.planloop.environments.cartpole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SwingUpTest {
  private static final SwingUpObjective OBJECTIVE = new SwingUpObjective();

  private static double energy(double[] s) {
    double moment = SwingUpDynamics.POLE_MASS * SwingUpDynamics.CENTRE;
    double aboutHinge = SwingUpDynamics.POLE_INERTIA + moment * SwingUpDynamics.CENTRE;
    double total = SwingUpDynamics.CART_MASS + SwingUpDynamics.POLE_MASS;
    return 0.5 * total * s[2] * s[2]
        - moment * Math.cos(s[1]) * s[2] * s[3]
        + 0.5 * aboutHinge * s[3] * s[3]
        - moment * SwingUpDynamics.GRAVITY * Math.cos(s[1]);
  }

  /** Relative change of energy and the change of momentum along x over one second. */
  private static double[] drift(double h) {
    SwingUpDynamics frictionless = new SwingUpDynamics(0);
    double[] s = {0.1, 2.5, -0.2, 0.3};
    double energy = energy(s);
    double momentum = momentum(s);
    for (int i = 0; i < Math.round(1 / h); i++) {
      frictionless.rungeKutta(s, 0, h);
    }
    return new double[] {(energy(s) - energy) / energy, momentum(s) - momentum};
  }

  private static double momentum(double[] s) {
    double moment = SwingUpDynamics.POLE_MASS * SwingUpDynamics.CENTRE;
    return (SwingUpDynamics.CART_MASS + SwingUpDynamics.POLE_MASS) * s[2]
        - moment * Math.cos(s[1]) * s[3];
  }

  @Test
  void energyAndMomentumAreConservedWithoutFrictionToFourthOrder() {
    double[] coarse = drift(0.02);
    double[] fine = drift(0.01);
    assertThat(coarse[0]).isCloseTo(0, within(1e-4));
    assertThat(coarse[1]).isCloseTo(0, within(1e-4));
    assertThat(Math.abs(coarse[0] / fine[0])).isGreaterThan(12);
  }

  @Test
  void smallSwingsOfThePoleHaveThePeriodOfTheCoupledPendulum() {
    double moment = SwingUpDynamics.POLE_MASS * SwingUpDynamics.CENTRE;
    double aboutHinge = SwingUpDynamics.POLE_INERTIA + moment * SwingUpDynamics.CENTRE;
    double total = SwingUpDynamics.CART_MASS + SwingUpDynamics.POLE_MASS;
    double frequency =
        Math.sqrt(moment * SwingUpDynamics.GRAVITY / (aboutHinge - moment * moment / total));
    SwingUpDynamics frictionless = new SwingUpDynamics(0);
    double[] s = {0, 1e-4, 0, 0};
    double h = 1e-3;
    int steps = (int) Math.round(2 * Math.PI / frequency / h);
    for (int i = 0; i < steps; i++) {
      frictionless.rungeKutta(s, 0, h);
    }
    assertThat(s[1]).isCloseTo(1e-4 * Math.cos(frequency * steps * h), within(1e-10));
  }

  @Test
  void rewardIsOneUprightAboveTheOriginAndPaysForControl() {
    double[] upright = {0, Math.PI, 5, 5};
    assertThat(OBJECTIVE.reward(upright, new double[] {0}, upright)).isCloseTo(1, within(1e-15));
    assertThat(OBJECTIVE.reward(upright, new double[] {-3}, upright))
        .isCloseTo(0.91, within(1e-15));
    double[] hanging = {0, 0, 0, 0};
    assertThat(OBJECTIVE.reward(upright, new double[] {0}, hanging))
        .isCloseTo(Math.exp(-4), within(1e-15));
  }
}
