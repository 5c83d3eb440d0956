package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.environment.ActionSpace;
import org.planloop.planning.PlannerSettings.Kind;

/**
 * Sizes that no array holds are refused where they would be made, even by who asks nobody before.
 */
class PlanningLimitsTest {
  private static final ActionSpace.Box BOX = ActionSpace.Box.symmetric(1, 1);

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"CEM", "RANDOM_SHOOTING"})
  void candidatesBeyondAnArrayAreRefused(Kind kind) {
    // 300 problems x 1,000,000 candidates x 10,000 steps would be 3 10^12 numbers.
    int problems = 300;
    Planner planner = Planners.create(TestPlanners.settings(kind, 10_000, 1_000_000, 1));
    DynamicsModel model = new StepModel(1, 1, (state, action, next) -> next[0] = state[0]);

    assertThatThrownBy(
            () ->
                planner.plan(
                    TestPlanners.problem(
                        model, (state, action, next) -> 0, BOX, new float[problems]),
                    TestPlanners.memories(problems),
                    TestPlanners.streams(problems),
                    new double[problems]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("300 x 1000000 x 10000 numbers do not fit into an array");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000000, 10000, 1",
    "4096, 1000000, 1, 1",
    "65536, 65536, 1, 1",
    "1, 65536, 256, 256",
    "2, 1000000, 10000, 10000",
    "4096, 1000000, 10000, 10000"
  })
  void predictionsBeyondAnArrayAreRefused(int problems, int plans, int horizon, int particles) {
    float[] starts = new float[problems];
    float[] none = new float[0];
    RandomStream[] random = new RandomStream[problems];

    assertThatThrownBy(
            () ->
                new RolloutRequest(
                    problems,
                    plans,
                    horizon,
                    particles,
                    starts,
                    none,
                    Propagation.EXPECTATION,
                    false,
                    random))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("problems x plans x particles x horizon")
        .hasMessageContaining(problems + " x " + plans + " x " + particles + " x " + horizon);
  }

  @Test
  void keptPlansBeyondAnArrayAreRefused() {
    assertThatThrownBy(() -> new PlanSearch(BOX, 10_000, 1_000_000))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1000000 x 10000 x 1 numbers do not fit");
  }

  @Test
  void colouredNoiseIsTooLongForItsMatrixOnlyWhereItIsDrawn() {
    for (Kind kind : new Kind[] {Kind.ICEM, Kind.MPPI}) {
      assertThat(TestPlanners.settings(kind, 1000, 8, 1).horizon()).isEqualTo(1000);
      assertThatThrownBy(() -> TestPlanners.settings(kind, 1001, 8, 1))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage(
              "planner.horizon = 1001: must be at most 1000 with coloured noise; set"
                  + " planner.color-exponent = 0");
    }
    assertThat(TestPlanners.settings(Kind.CEM, 10_000, 8, 1).horizon()).isEqualTo(10_000);
    assertThat(TestPlanners.settings(Kind.FINITE_LQR, 10_000, 8, 1).horizon()).isEqualTo(10_000);
  }

  @Test
  void thePopulationOfARoundIsTheSettings() {
    PlannerSettings icem = TestPlanners.settings(Kind.ICEM, 5, 100, 6);

    // 100 / 1.25^k, and never below twice the 12 elites.
    assertThat(icem.population(0)).isEqualTo(100);
    assertThat(icem.population(1)).isEqualTo(80);
    assertThat(icem.population(2)).isEqualTo(64);
    assertThat(icem.population(50)).isEqualTo(24);
    assertThat(TestPlanners.settings(Kind.CEM, 5, 100, 6).population(5)).isEqualTo(100);
    assertThat(icem.roundsFlown()).isEqualTo(6);
    assertThat(TestPlanners.settings(Kind.RANDOM_SHOOTING, 5, 100, 6).roundsFlown()).isEqualTo(1);
  }
}
