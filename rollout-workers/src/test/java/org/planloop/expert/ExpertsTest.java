package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

class ExpertsTest {
  private static final Experts EXPERTS = Experts.bundled();

  private static Environment environment(String name) {
    return Environments.bundled().create(name, Map.of());
  }

  private static Policy open(
      String kind, double noise, Map<String, Object> options, String environment) {
    return EXPERTS.open(
        new PolicyDefinition.Expert(kind, noise, options), environment(environment));
  }

  /** The actions of one episode that stays in one state. */
  private static double[][] actions(Policy policy, double[] state, int actionSize, int steps) {
    Policy.Session session = policy.begin(new RandomStream[] {new RandomStream(1)});
    double[][] actions = new double[steps][actionSize];
    for (double[] action : actions) {
      session.act(new boolean[] {true}, state, action);
    }
    return actions;
  }

  @Test
  void theScriptedExpertAlwaysGoesAndFetchesTheTreasure() {
    assertThat(
            Episodes.returns(
                environment("counterexample"), open("scripted", 0, Map.of(), "counterexample"), 1))
        .containsExactly(10);
  }

  @Test
  void aScriptIsFollowedAndItsLastActionRepeated() {
    Policy script = open("scripted", 0, Map.of("script", "1; -0.5; 2"), "pendulum");
    assertThat(actions(script, new double[2], 1, 5))
        .isDeepEqualTo(new double[][] {{1}, {-0.5}, {2}, {2}, {2}});
  }

  @Test
  void aScriptOutsideTheActionSpaceIsRefused() {
    for (String script : new String[] {"3", "1, 1", "go", "1;;2", "0.5"}) {
      assertThatThrownBy(() -> open("scripted", 0, Map.of("script", script), "counterexample"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("expert.options.script = " + script);
    }
  }

  @Test
  void controlNoiseHasItsStandardDeviationAndIsTheSessionsOwn() {
    Policy noisy = open("lqr", 0.01, Map.of(), "helicopter-hover");
    double[][] actions = actions(noisy, new double[21], 4, 5_000);
    double squares = 0;
    for (double[] action : actions) {
      for (double value : action) {
        squares += value * value;
      }
    }
    assertThat(Math.sqrt(squares / 20_000)).isCloseTo(0.01, within(2e-4));
    assertThat(actions(noisy, new double[21], 4, 10)[9]).isEqualTo(actions[9]);
  }

  @Test
  void noisyActionsStayInTheActionSpace() {
    for (double[] action :
        actions(open("lqr", 5, Map.of(), "helicopter-hover"), new double[21], 4, 100)) {
      for (double value : action) {
        assertThat(value).isBetween(-1.0, 1.0);
      }
    }
  }

  @Test
  void aLittleControlNoiseCostsTheHelicopterLittle() {
    double[] returns =
        Episodes.returns(
            environment("helicopter-hover"), open("lqr", 0.01, Map.of(), "helicopter-hover"), 200);
    assertThat(-Episodes.mean(returns)).isBetween(48.0, 70.0);
  }

  @Test
  void theTargetDrawsStartsAboutZeroForSingleTransitions() {
    Policy target = open("target", 0, Map.of(), "helicopter-hover");
    Policy.Starts starts = target.starts().orElseThrow();
    assertThat(starts.steps()).isEqualTo(1);
    RandomStream random = new RandomStream(2);
    double squares = 0;
    double[] state = new double[21];
    for (int i = 0; i < 1_000; i++) {
      starts.sample(random, state);
      for (int k = 0; k < 20; k++) {
        squares += state[k] * state[k];
      }
    }
    assertThat(Math.sqrt(squares / 20_000)).isCloseTo(0.05, within(1e-3));
    double[][] actions = actions(target, state, 4, 1_000);
    assertThat(actions[0]).isNotEqualTo(actions[1]);
    assertThat(Math.abs(actions[0][0])).isLessThan(0.1);
  }

  @Test
  void whatCannotActIsNamedWithTheWayOut() {
    assertThatThrownBy(() -> open("lqrr", 0, Map.of(), "helicopter-hover"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expert.kind = lqrr: must be one of ilqr, linear, lqr");
    assertThatThrownBy(() -> open("recorded", 0, Map.of(), "helicopter-hover"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot act");
    assertThatThrownBy(() -> open("lqr", 0, Map.of(), "pendulum"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("pendulum has no quadratic cost");
    assertThatThrownBy(() -> open("target", 0, Map.of(), "pendulum"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("pendulum has no target");
    assertThatThrownBy(() -> open("linear", 0, Map.of(), "helicopter-hover"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("helicopter-hover-competition only");
    assertThatThrownBy(() -> open("scripted", 0.1, Map.of(), "counterexample"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("expert.control-noise = 0.1: must be 0");
    assertThatThrownBy(() -> open("lqr", 0, Map.of("gain", 1), "helicopter-hover"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("expert.options.gain = 1: lqr has no settings");
  }
}
