package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;
import org.planloop.environment.Simulator;

class IlqrTest {
  private static final int HORIZON = 30;

  /** The weights of a state of two and one action. */
  private record Weights(double[] stateWeights, double[] actionWeights) implements QuadraticCost {}

  private static final Weights WEIGHTS = new Weights(new double[] {2, 0.5}, new double[] {0.3});

  private static final ModelParameters.Linear LINEAR =
      new ModelParameters.Linear(
          2, 1, new double[] {1.1, 0.1, -0.2, 0.95}, new double[] {0.02, 0.1});

  /** A pendulum: angle and rate. */
  private record Pendulum() implements Simulator {
    @Override
    public int size() {
      return 2;
    }

    @Override
    public void start(double[] full, RandomStream random) {
      full[0] = Math.PI;
    }

    @Override
    public void step(double[] full, double[] action, RandomStream random) {
      double rate = full[1] + 0.1 * (5 * Math.sin(full[0]) + action[0]);
      full[0] += 0.1 * rate;
      full[1] = rate;
    }
  }

  /** x' = A x + B u through the simulator's Jacobians. */
  private static TrajectoryDynamics linear() {
    Simulator simulator =
        new Simulator() {
          @Override
          public int size() {
            return 2;
          }

          @Override
          public void start(double[] full, RandomStream random) {}

          @Override
          public void step(double[] full, double[] action, RandomStream random) {
            double[] a = LINEAR.stateMatrix();
            double first = a[0] * full[0] + a[1] * full[1] + LINEAR.actionMatrix()[0] * action[0];
            full[1] = a[2] * full[0] + a[3] * full[1] + LINEAR.actionMatrix()[1] * action[0];
            full[0] = first;
          }
        };
    return new SimulatorDynamics(simulator, 2, 1);
  }

  private static double[][] zeros(int rows, int width) {
    return new double[rows][width];
  }

  private static TrajectoryCost regulation() {
    return TrajectoryCost.about(zeros(HORIZON + 1, 2), WEIGHTS);
  }

  private static double[][] random(long seed, int rows, int width) {
    RandomStream random = new RandomStream(seed);
    double[][] values = new double[rows][width];
    for (double[] row : values) {
      Arrays.setAll(row, i -> random.nextGaussian());
    }
    return values;
  }

  @Test
  void oneIterationOnALinearSystemIsTheRiccatiSolution() {
    double[] start = {1, -2};
    Ilqr.Solution solution =
        Ilqr.solve(
            linear(), regulation(), start, random(1, HORIZON, 1), Ilqr.Settings.direct(1, 0));
    double[][] gains = Lqr.finiteHorizon(LINEAR, WEIGHTS, 1, HORIZON);
    double[] state = start.clone();
    for (int t = 0; t < HORIZON; t++) {
      assertThat(solution.gains()[t]).containsExactly(gains[t], within(1e-10));
      assertThat(solution.states()[t]).containsExactly(state, within(1e-9));
      double action = -gains[t][0] * state[0] - gains[t][1] * state[1];
      assertThat(solution.actions()[t][0]).isCloseTo(action, within(1e-9));
      double[] next = new double[2];
      linear().step(t, state, new double[] {action}, next);
      state = next;
    }
  }

  @Test
  void aMovingTargetIsALinearQuadraticProblemToo() {
    TrajectoryCost cost =
        new TrajectoryCost(
            random(2, HORIZON + 1, 2),
            random(3, HORIZON, 1),
            squares(random(4, HORIZON + 1, 2)),
            squares(random(5, HORIZON, 1)));
    double[] start = {0.5, 0.5};
    Ilqr.Solution once =
        Ilqr.solve(linear(), cost, start, random(6, HORIZON, 1), Ilqr.Settings.direct(1, 0));
    assertStationary(linear(), cost, start, once, 1e-7);
  }

  private static double[][] squares(double[][] values) {
    for (double[] row : values) {
      Arrays.setAll(row, i -> 0.1 + row[i] * row[i]);
    }
    return values;
  }

  /** Central differences of the open loop's cost by every action: all 0 where it is least. */
  private static void assertStationary(
      TrajectoryDynamics dynamics,
      TrajectoryCost cost,
      double[] start,
      Ilqr.Solution solution,
      double tolerance) {
    double difference = 1e-4;
    for (int t = 0; t < cost.horizon(); t++) {
      double[][] actions =
          Arrays.stream(solution.actions()).map(double[]::clone).toArray(double[][]::new);
      actions[t][0] += difference;
      double above = fly(dynamics, cost, start, actions);
      actions[t][0] -= 2 * difference;
      double below = fly(dynamics, cost, start, actions);
      assertThat((above - below) / (2 * difference)).isCloseTo(0, within(tolerance));
    }
    assertThat(fly(dynamics, cost, start, solution.actions()))
        .isCloseTo(solution.cost(), within(1e-9 * solution.cost()));
  }

  private static double fly(
      TrajectoryDynamics dynamics, TrajectoryCost cost, double[] start, double[][] actions) {
    double[][] states = new double[actions.length + 1][2];
    states[0] = start;
    for (int t = 0; t < actions.length; t++) {
      dynamics.step(t, states[t], actions[t], states[t + 1]);
    }
    return cost.of(states, actions);
  }

  @Test
  void aPendulumSwingsUpOnAPathThatNoActionImproves() {
    TrajectoryDynamics pendulum = new SimulatorDynamics(new Pendulum(), 2, 1);
    double[] hanging = {Math.PI, 0};
    TrajectoryCost cost =
        TrajectoryCost.about(zeros(21, 2), new Weights(new double[] {1, 0.1}, new double[] {0.02}));
    Ilqr.Solution solution =
        Ilqr.solve(pendulum, cost, hanging, zeros(20, 1), Ilqr.Settings.staged(200, 1e-13));
    assertThat(solution.converged()).isTrue();
    assertThat(solution.states()[20][0]).isCloseTo(0, within(0.2));
    // The Jacobians' differences of 0.01 leave a gradient of this size where a path costs 55.
    assertStationary(pendulum, cost, hanging, solution, 0.01);
  }

  @Test
  void theHomogeneousGainsAreTheFeedbackAboutTheTrajectory() {
    double[][] states = {{1, 3, 1}, {2, 4, 1}};
    Ilqr.Solution solution =
        new Ilqr.Solution(states, new double[][] {{0.5}}, new double[][] {{2, -1, 0}}, 0, 0, true);
    double[] gains = solution.homogeneousGains(2);
    // u = 0.5 - 2 (5 - 1) + 1 (7 - 3) at (5, 7).
    assertThat(-(gains[0] * 5 + gains[1] * 7 + gains[2])).isCloseTo(-3.5, within(1e-12));
  }

  @Test
  void aGuessThatDivergesIsAnError() {
    double[][] huge = new double[HORIZON][1];
    huge[0][0] = 1e200;
    assertThatThrownBy(
            () ->
                Ilqr.solve(linear(), regulation(), new double[2], huge, Ilqr.Settings.direct(1, 0)))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("diverges");
  }

  @Test
  void aHomotopyEndsWithTheSystemItself() {
    assertThatThrownBy(() -> new Ilqr.Settings(new double[] {0.5}, 1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ends with 0");
  }
}
