package org.planloop.environments.gridworld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.environments.Environments;
import org.planloop.planning.ValueIteration;

class GridworldTest {
  private static final int UP = 0;
  private static final int RIGHT = 1;
  private static final int DOWN = 2;
  private static final int LEFT = 3;

  private static Environment world(String map) {
    return Environments.bundled().create("gridworld", Map.of("map", map));
  }

  /** The discounted return of actions from the start; the last one is repeated to the end. */
  private static double flown(String map, int... actions) {
    VectorEnvironment copies = world(map).open(1);
    copies.reset(0, new RandomStream(1));
    StepResult result = new StepResult(1, 1);
    double sum = 0;
    for (int step = 0; step == 0 || !(result.terminated[0] || result.truncated[0]); step++) {
      double[] action = {actions[Math.min(step, actions.length - 1)]};
      copies.step(new boolean[] {true}, action, result);
      sum += Math.pow(0.9, step) * result.rewards[0];
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"shortcut, -10", "one-dollar, 1"})
  void theWayIsWorthTheMeasuredReturnAndWhatLiesBesideTheStartPaysAtOnce(
      String map, double beside) {
    assertThat(flown(map, RIGHT, RIGHT, DOWN)).isCloseTo(8.1, within(1e-12));
    assertThat(flown(map, DOWN)).isEqualTo(beside);
    assertThat(flown(map, UP)).isZero();
    assertThat(flown(map, RIGHT, LEFT)).as("against the arrow").isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "shortcut, optimistic, 10",
    "shortcut, pessimistic, 0",
    "shortcut, dollar, 0",
    "one-dollar, optimistic, 10",
    "one-dollar, pessimistic, 0",
    "one-dollar, dollar, 1"
  })
  void aBeliefAboutAnUntriedWorldPromises(String map, String belief, double promised) {
    Environment world = world(map);
    ModelParameters.Tabular model =
        (ModelParameters.Tabular) new GridModels().models(world).get(belief);
    double[] values = ValueIteration.solve(model, world.objective(), 0.9).values();
    assertThat(values[GridMap.of(map).find('S')]).isCloseTo(promised, within(1e-12));
  }

  @Test
  void aMapMayBeGivenAsItIsDrawn() {
    GridMap map = GridMap.of("#####/#S.T#/##$##");
    assertThat(map.width()).isEqualTo(5);
    assertThat(map.find('T')).isEqualTo(8);
    assertThat(map.next(7, DOWN)).isEqualTo(12);
    assertThat(map.open(7, UP)).isFalse();
    assertThat(map.next(7, LEFT)).isEqualTo(6);
    assertThat(map.open(8, LEFT)).as("an episode has ended there").isFalse();
    assertThat(flown("#####/#S.T#/##$##", RIGHT)).isCloseTo(9, within(1e-12));
  }

  @Test
  void theEdgeOfTheMapIsAWall() {
    GridMap map = GridMap.of("ST/..");
    assertThat(map.open(0, UP)).isFalse();
    assertThat(map.open(0, LEFT)).isFalse();
    assertThat(map.next(0, DOWN)).isEqualTo(2);
    assertThat(map.open(3, RIGHT)).isFalse();
    assertThat(map.open(3, DOWN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "mountain | must be shortcut, one-dollar, or the rows",
    "ST/... | as wide as the first",
    "SQ/.T | 'Q' is no cell",
    "S./.. | exactly one trophy",
    "SS/T. | exactly one start"
  })
  void aWrongMapIsRefused(String line) {
    String[] parts = line.split(" \\| ");
    assertThatThrownBy(() -> GridMap.of(parts[0]))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("environment.map = " + parts[0])
        .hasMessageContaining(parts[1]);
  }
}
