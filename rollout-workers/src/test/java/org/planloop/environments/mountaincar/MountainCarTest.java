package org.planloop.environments.mountaincar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.TrueDynamicsModel;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.expert.Experts;
import org.planloop.planning.GridValueIteration;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

class MountainCarTest {
  private static final MountainCarDynamics DYNAMICS = new MountainCarDynamics();
  private static final MountainCarObjective OBJECTIVE = new MountainCarObjective(61);
  private static final RandomStream UNUSED = new RandomStream(0);

  private static double[] step(double position, double velocity, int action) {
    double[] state = {position, velocity};
    DYNAMICS.step(state, new double[] {action}, UNUSED);
    return state;
  }

  @Test
  void pushAndSlopeChangeTheVelocityAndTheNewVelocityThePosition() {
    double velocity = 0.01 + 0.001 - 0.0025 * Math.cos(-1.5);
    assertThat(step(-0.5, 0.01, 2)).containsExactly(-0.5 + velocity, velocity);
    double valley = -Math.PI / 6;
    double[] rest = step(valley, 0, 1);
    assertThat(rest[0]).isCloseTo(valley, within(1e-15));
    assertThat(rest[1]).isCloseTo(0, within(1e-15));
  }

  @Test
  void speedAndPositionAreClippedAndTheLeftWallStops() {
    assertThat(step(0, 0.0699, 2)[1]).isLessThan(0.07);
    assertThat(step(-1, 0.0699, 2)).containsExactly(-1 + 0.07, 0.07);
    assertThat(step(-1.19, -0.05, 0)).containsExactly(-1.2, 0);
    assertThat(step(0.59, 0.05, 2)[0]).isEqualTo(0.6);
  }

  @Test
  void theFlagEndsTheEpisode() {
    double[] any = {0, 0};
    assertThat(OBJECTIVE.terminated(any, any, new double[] {0.5, 0})).isTrue();
    assertThat(OBJECTIVE.terminated(any, any, new double[] {0.499, 0.07})).isFalse();
    assertThat(OBJECTIVE.terminated(any, any, new double[] {0.55, -0.01})).isFalse();
    assertThat(OBJECTIVE.reward(any, any, new double[] {0.5, 0})).isEqualTo(-1);
  }

  @Test
  void theExpertReturnsWhatIsStated() {
    Environment car = Environments.bundled().create("mountain-car", Map.of());
    Policy expert =
        Experts.bundled().open(new PolicyDefinition.Expert("pumping", 0, Map.of()), car);
    double[] returns = Episodes.returns(car, expert, 50);
    assertThat(Arrays.stream(returns).boxed()).allMatch(value -> value >= -130 && value <= -100);
    assertThat(Episodes.mean(returns)).isBetween(-122.0, -116.0);
  }

  /** The best that is known is about -98 on average: one swing to the left, then up. */
  @Test
  void valueIterationInTheTruthIsNearlyOptimal() {
    Environment car = Environments.bundled().create("mountain-car", Map.of());
    int[] actions =
        GridValueIteration.solve(new TrueDynamicsModel(car), car.objective(), OBJECTIVE, 3, 1, 1000)
            .actions();
    PolicyDefinition plan =
        new PolicyDefinition.Gridded(OBJECTIVE.low(), OBJECTIVE.high(), OBJECTIVE.nodes(), actions);
    double[] returns = Episodes.returns(car, Policies.open(plan, car, Experts.bundled()), 50);
    assertThat(Arrays.stream(returns).min().orElseThrow()).isGreaterThan(-120);
    assertThat(Episodes.mean(returns)).isBetween(-101.0, -96.0);
  }

  @Test
  void theExpertDrivesNothingElse() {
    Environment pendulum = Environments.bundled().create("pendulum", Map.of());
    assertThatThrownBy(
            () ->
                Experts.bundled()
                    .open(new PolicyDefinition.Expert("pumping", 0, Map.of()), pendulum))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mountain-car");
  }
}
