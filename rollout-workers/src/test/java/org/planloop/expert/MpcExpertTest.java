package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

class MpcExpertTest {
  private static double[] returns(String name, Map<String, Object> options, int seeds) {
    Environment environment = Environments.bundled().create(name, Map.of());
    try (Policy expert =
        Experts.bundled().open(new PolicyDefinition.Expert("mpc", 0, options), environment)) {
      return Episodes.returns(environment, expert, seeds);
    }
  }

  @Test
  void theSwingUpIsSolvedInItsTrueDynamics() {
    double[] returns = returns("cartpole-swingup", Map.of("population", 64), 2);
    assertThat(returns[0]).isBetween(175.0, 183.0);
    assertThat(returns[1]).isBetween(175.0, 183.0);
  }

  @Test
  void thePoleIsBalancedToTheEnd() {
    assertThat(returns("cartpole-balance", Map.of("horizon", 50, "population", 40), 2))
        .containsExactly(200, 200);
  }

  @Test
  void thePendulumIsLifted() {
    assertThat(Episodes.mean(returns("pendulum", Map.of("population", 64), 8)))
        .isBetween(-190.0, -110.0);
  }

  @Test
  void onlyRealActionsCanBePlanned() {
    assertThatThrownBy(() -> returns("counterexample", Map.of(), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("expert.kind = mpc: counterexample");
  }
}
