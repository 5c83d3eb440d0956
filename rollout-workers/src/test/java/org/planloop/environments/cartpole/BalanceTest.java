package org.planloop.environments.cartpole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

class BalanceTest {
  private static final BalanceObjective OBJECTIVE = new BalanceObjective();

  private static double energy(double[] s) {
    double moment = BalanceDynamics.POLE_MASS * BalanceDynamics.HALF_LENGTH;
    return 0.5 * (BalanceDynamics.CART_MASS + BalanceDynamics.POLE_MASS) * s[1] * s[1]
        + moment * Math.cos(s[2]) * s[1] * s[3]
        + 0.5 * (4.0 / 3.0) * moment * BalanceDynamics.HALF_LENGTH * s[3] * s[3]
        + moment * BalanceDynamics.GRAVITY * Math.cos(s[2]);
  }

  /** Change of energy in one second without force. */
  private static double drift(double step) {
    BalanceDynamics dynamics = new BalanceDynamics(step);
    double[] s = {0.1, -0.3, 0.4, 0.2};
    double before = energy(s);
    for (int i = 0; i < Math.round(1 / step); i++) {
      dynamics.step(s, new double[] {0}, new RandomStream(0));
    }
    return energy(s) - before;
  }

  @Test
  void energyIsConservedToTheFirstOrderOfExplicitEuler() {
    double coarse = drift(1e-4);
    double fine = drift(5e-5);
    assertThat(coarse).isCloseTo(0, within(1e-3));
    assertThat(coarse / fine).isCloseTo(2, within(0.05));
  }

  @Test
  void leavingTheRailOrTwelveDegreesTerminates() {
    double[] any = new double[4];
    assertThat(OBJECTIVE.terminated(any, any, new double[] {2.4, 9, 0.209, 9})).isFalse();
    assertThat(OBJECTIVE.terminated(any, any, new double[] {-2.41, 0, 0, 0})).isTrue();
    assertThat(OBJECTIVE.terminated(any, any, new double[] {0, 0, -0.2095, 0})).isTrue();
    assertThat(OBJECTIVE.terminationIsCrash()).isTrue();
  }
}
