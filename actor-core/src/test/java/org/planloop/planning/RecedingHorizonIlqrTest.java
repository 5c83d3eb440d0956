package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.planloop.environment.QuadraticCost;

class RecedingHorizonIlqrTest {
  private static final int STEPS = 8;

  /** x' = x + (t + 1) u: it matters which step it is. */
  private record Stronger() implements TrajectoryDynamics {
    @Override
    public int stateSize() {
      return 1;
    }

    @Override
    public int actionSize() {
      return 1;
    }

    @Override
    public void step(int t, double[] state, double[] action, double[] next) {
      next[0] = state[0] + (t + 1) * action[0];
    }

    @Override
    public void linearize(int t, double[] state, double[] action, double[] a, double[] b) {
      a[0] = 1;
      b[0] = t + 1;
    }
  }

  private record Weights(double[] stateWeights, double[] actionWeights) implements QuadraticCost {}

  private static final TrajectoryCost COST =
      TrajectoryCost.about(
          new double[STEPS + 1][1], new Weights(new double[] {1}, new double[] {4}));

  private static double[] fly(int horizon) {
    RecedingHorizonIlqr planner =
        new RecedingHorizonIlqr(new Stronger(), COST, new double[STEPS][1], horizon, 1);
    double[] state = {3};
    double[] path = new double[STEPS];
    for (int t = 0; t < STEPS; t++) {
      double[] next = new double[1];
      new Stronger().step(t, state, planner.act(state), next);
      state = next;
      path[t] = state[0];
    }
    assertThatThrownBy(() -> planner.act(new double[1])).isInstanceOf(IllegalStateException.class);
    return path;
  }

  @Test
  void aHorizonToTheEndIsTheWholePlan() {
    Ilqr.Solution whole =
        Ilqr.solve(
            new Stronger(),
            COST,
            new double[] {3},
            new double[STEPS][1],
            Ilqr.Settings.direct(1, 0));
    double[] path = Arrays.stream(whole.states()).skip(1).mapToDouble(s -> s[0]).toArray();
    assertThat(fly(STEPS)).containsExactly(path, within(1e-12));
  }

  @Test
  void aHorizonOfOneStepIsGreedy() {
    // The best u of 4 u^2 + (x + b u)^2 is -b x / (4 + b^2), which leaves 4 / (4 + b^2) of x.
    double expected = 3;
    double[] path = fly(1);
    for (int t = 0; t < STEPS; t++) {
      double b = t + 1;
      expected *= 4 / (4 + b * b);
      assertThat(path[t]).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void aPlanOfAnotherLengthIsAnError() {
    assertThatThrownBy(() -> new RecedingHorizonIlqr(new Stronger(), COST, new double[3][1], 4, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 steps");
  }
}
