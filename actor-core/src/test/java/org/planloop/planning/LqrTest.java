package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;

class LqrTest {
  private record Weights(double[] stateWeights, double[] actionWeights) implements QuadraticCost {}

  private static ModelParameters.Linear scalar(double a, double b) {
    return new ModelParameters.Linear(1, 1, new double[] {a}, new double[] {b});
  }

  private static Weights weights(double q, double r) {
    return new Weights(new double[] {q}, new double[] {r});
  }

  @Test
  void theScalarGainSolvesTheQuadraticEquation() {
    // With a = b = q = r = 1 the Riccati equation is p^2 - p - 1 = 0: p is the golden ratio.
    double golden = (1 + Math.sqrt(5)) / 2;
    assertThat(Lqr.infiniteHorizon(scalar(1, 1), weights(1, 1), 1)[0])
        .isCloseTo(golden / (1 + golden), within(1e-14));
  }

  @Test
  void discountingScalesTheSystem() {
    double root = Math.sqrt(0.9);
    assertThat(Lqr.infiniteHorizon(scalar(1.2, 0.7), weights(2, 3), 0.9)[0])
        .isCloseTo(
            Lqr.infiniteHorizon(scalar(1.2 * root, 0.7 * root), weights(2, 3), 1)[0],
            within(1e-14));
  }

  @Test
  void theDoubleIntegratorIsStabilised() {
    ModelParameters.Linear model =
        new ModelParameters.Linear(2, 1, new double[] {1, 1, 0, 1}, new double[] {0.5, 1});
    Weights cost = new Weights(new double[] {1, 0}, new double[] {1});
    double[] gain = Lqr.infiniteHorizon(model, cost, 1);
    double[] s = {3, -1};
    for (int i = 0; i < 100; i++) {
      double action = -(gain[0] * s[0] + gain[1] * s[1]);
      s = new double[] {s[0] + s[1] + 0.5 * action, s[1] + action};
    }
    assertThat(s[0]).isCloseTo(0, within(1e-9));
    assertThat(s[1]).isCloseTo(0, within(1e-9));
  }

  @Test
  void theFiniteHorizonEndsGreedyAndBeginsSteady() {
    double[][] gains = Lqr.finiteHorizon(scalar(1, 1), weights(1, 1), 1, 60);
    assertThat(gains[59][0]).isCloseTo(0.5, within(1e-15));
    assertThat(gains[58][0]).isCloseTo(0.6, within(1e-15));
    assertThat(gains[0][0])
        .isCloseTo(Lqr.infiniteHorizon(scalar(1, 1), weights(1, 1), 1)[0], within(1e-12));
  }

  @Test
  void anUnstabilisableModelKeepsTheLastFiniteGain() {
    // The second state grows by ten each step and nothing reaches it: P overflows on the way.
    ModelParameters.Linear model =
        new ModelParameters.Linear(2, 1, new double[] {1, 0, 0, 10}, new double[] {1, 0});
    Weights cost = new Weights(new double[] {1, 1}, new double[] {1});
    double[] gain = Lqr.infiniteHorizon(model, cost, 1);
    assertThat(gain[0]).isCloseTo((Math.sqrt(5) - 1) / 2, within(1e-12));
    assertThat(gain[1]).isFinite();
  }

  @Test
  void aModelOfNaNsHasNoGain() {
    assertThatThrownBy(() -> Lqr.infiniteHorizon(scalar(Double.NaN, 1), weights(1, 1), 1))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("NaN");
  }
}
