package org.planloop.environments.cartpole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.environment.Limit;
import org.planloop.environments.Environments;

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

  @Test
  void theEndOfTheRailIsACrashWhereItIsAskedFor() {
    Environments all = Environments.bundled();
    Environment soft = all.create("cartpole-swingup", Map.of());
    Environment hard = all.create("cartpole-swingup", Map.of("rail", "crash", "rail-end", 0.75));
    double[] state = {0.7, 0.3, 0, 0};
    double[] action = {1};
    double[] on = {-0.75, 3, 0, 0};
    double[] off = {-0.76, 3, 0, 0};

    assertThat(soft.objective().terminated(state, action, off)).isFalse();
    assertThat(hard.objective().terminated(state, action, on)).isFalse();
    assertThat(hard.objective().terminated(state, action, off)).isTrue();
    assertThat(hard.objective().terminationIsCrash()).isTrue();
    assertThat(hard.objective().terminalReward(30)).isEqualTo(-30);
    assertThat(hard.objective().reward(state, action, on))
        .isEqualTo(soft.objective().reward(state, action, on));
    assertThat(hard.limits()).containsExactly(new Limit(List.of("x"), 0.75));
    assertThatThrownBy(() -> all.create("cartpole-swingup", Map.of("rail", "soft")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("environment.rail = soft: must be stop or crash");
  }
}
