package org.planloop.environments.pendulum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

class PendulumTest {
  private static final PendulumDynamics DYNAMICS = new PendulumDynamics();
  private static final PendulumObjective OBJECTIVE = new PendulumObjective();
  private static final RandomStream UNUSED = new RandomStream(0);

  /**
   * Semi-implicit Euler steps of a harmonic oscillator q'' = -k q keep p^2 + k q^2 - h k p q
   * (Hairer, Lubich and Wanner 2006, section I.1); hanging still, k is the gravity term.
   */
  private static double invariant(double[] s) {
    double q = s[0] - Math.PI;
    double k = PendulumDynamics.GRAVITY_TERM;
    return s[1] * s[1] + k * q * q - PendulumDynamics.STEP * k * s[1] * q;
  }

  @Test
  void smallSwingsKeepTheInvariantOfTheScheme() {
    double[] s = {Math.PI + 1e-5, 0};
    double before = invariant(s);
    for (int i = 0; i < 1_000; i++) {
      DYNAMICS.step(s, new double[] {0}, UNUSED);
    }
    assertThat(invariant(s)).isCloseTo(before, within(1e-6 * before));
  }

  @Test
  void speedIsClipped() {
    double[] s = {Math.PI / 2, 7.9};
    DYNAMICS.step(s, new double[] {2}, UNUSED);
    assertThat(s).containsExactly(Math.PI / 2 + 0.4, 8);
  }

  @Test
  void rewardWrapsTheAngleAndLooksAtTheStateBeforeTheStep() {
    double[] turned = {2 * Math.PI + 0.1, 2};
    double[] next = {100, 100};
    assertThat(OBJECTIVE.reward(turned, new double[] {1}, next))
        .isCloseTo(-(0.01 + 0.4 + 0.001), within(1e-12));
    double[] below = {-Math.PI - 0.1, 0};
    assertThat(OBJECTIVE.reward(below, new double[] {0}, next))
        .isCloseTo(-Math.pow(Math.PI - 0.1, 2), within(1e-12));
  }
}
