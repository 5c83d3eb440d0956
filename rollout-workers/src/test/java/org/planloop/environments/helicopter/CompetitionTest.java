package org.planloop.environments.helicopter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.expert.Experts;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

class CompetitionTest {
  private static final int S = CompetitionDynamics.OBSERVED;
  private static final CompetitionObjective OBJECTIVE = new CompetitionObjective();

  private static Environment hover(Map<String, Object> settings) {
    return Environments.bundled().create("helicopter-hover-competition", settings);
  }

  private static double[] returns(Map<String, Object> settings, int seeds) {
    Environment environment = hover(settings);
    Policy expert =
        Experts.bundled().open(new PolicyDefinition.Expert("linear", 0, Map.of()), environment);
    return Episodes.returns(environment, expert, seeds);
  }

  @Test
  void inStillAirTheWeakExpertReturnsTheMeasuredNumber() {
    assertThat(returns(Map.of("gusts", false), 1)[0]).isCloseTo(-27.18, within(0.005));
  }

  /** The measured mean and spread are over 20 seeds: a standard error of 11.4, ours of 8. */
  @Test
  void underGustsTheWeakExpertReturnsWhatWasMeasured() {
    double[] returns = returns(Map.of(), 40);
    assertThat(Episodes.mean(returns)).isCloseTo(-953.7, within(3 * 14.0));
    assertThat(Episodes.std(returns)).isBetween(30.0, 80.0);
  }

  @Test
  void underWindTheWeakExpertReturnsWhatWasMeasured() {
    assertThat(Episodes.mean(returns(Map.of("wind-north", 0.5), 20)))
        .isCloseTo(-6_700, within(200.0));
  }

  @Test
  void embeddingInvertsObservingButForTheGust() {
    RandomStream random = new RandomStream(4);
    CompetitionDynamics dynamics = new CompetitionDynamics(true, 0, 0);
    double[] full = new double[dynamics.size()];
    dynamics.start(full, random);
    for (int i = 0; i < 20; i++) {
      dynamics.step(full, new double[] {0.02, 0, 0.01, 0.23}, random);
    }
    double[] state = new double[S];
    dynamics.observe(full, state);
    double[] again = new double[dynamics.size()];
    dynamics.embed(state, again);
    Arrays.fill(full, CompetitionDynamics.GUST, CompetitionDynamics.SIZE, 0);
    assertThat(again).containsExactly(full, offset(1e-12));
  }

  @Test
  void theBoxIsThatOfTheWorldNotOfTheBody() {
    // 18 m on two body axes; turned by 29 degrees about the vertical that is beyond 20 m on one.
    double[] next = new double[S];
    next[CompetitionDynamics.POSITION] = 18;
    next[CompetitionDynamics.POSITION + 1] = 18;
    assertThat(OBJECTIVE.terminated(next, next, next)).isFalse();
    next[CompetitionDynamics.ATTITUDE + 2] = Math.sin(Math.toRadians(14.5));
    assertThat(OBJECTIVE.terminated(next, next, next)).isTrue();
    next[CompetitionDynamics.POSITION] = 0;
    next[CompetitionDynamics.POSITION + 1] = 0;
    assertThat(OBJECTIVE.terminated(next, next, next)).isFalse();
    next[CompetitionDynamics.ATTITUDE + 2] = Math.sin(Math.toRadians(15.5));
    assertThat(OBJECTIVE.terminated(next, next, next)).isTrue();
  }

  @Test
  void aCrashPaysTheCornerForEveryStepLeft() {
    assertThat(OBJECTIVE.terminalReward(10)).isCloseTo(-17_487.8, within(0.1));
  }
}
