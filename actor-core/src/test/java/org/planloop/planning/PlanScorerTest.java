package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.Objective;

class PlanScorerTest {
  /** Pays s + 10 a + 100 s'; ends above 5 and then pays -1000 for each step left. */
  private static final Objective OBJECTIVE =
      new Objective() {
        @Override
        public double reward(double[] state, double[] action, double[] next) {
          return state[0] + 10 * action[0] + 100 * next[0];
        }

        @Override
        public boolean terminated(double[] state, double[] action, double[] next) {
          return next[0] > 5;
        }

        @Override
        public double terminalReward(int remainingSteps) {
          return -1000 * remainingSteps;
        }
      };

  private static final Objective ONE = (state, action, next) -> 1;

  /** One problem from state 1 and horizon 3; every plan acts 1, 2, 3. */
  private static double[] score(Objective objective, int plans, int particles, Rollouts rollouts) {
    return score(objective, plans, particles, rollouts, 0);
  }

  private static double[] score(
      Objective objective, int plans, int particles, Rollouts rollouts, double disagreement) {
    float[] actions = new float[plans * 3];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = 1 + i % 3;
    }
    RolloutRequest request =
        new RolloutRequest(
            1,
            plans,
            3,
            particles,
            new float[] {1},
            actions,
            Propagation.EXPECTATION,
            false,
            new RandomStream[] {new RandomStream(0)});
    double[] scores = new double[plans];
    new PlanScorer(3, 1, 1, disagreement).score(objective, 0.5, request, rollouts, scores);
    return scores;
  }

  private static Rollouts states(float... states) {
    return new Rollouts(states, null, null);
  }

  @Test
  void addsDiscountedRewardsOfEveryTransition() {
    assertThat(score(OBJECTIVE, 1, 1, states(2, 3, 4)))
        .containsExactly((1 + 10 + 200) + 0.5 * (2 + 20 + 300) + 0.25 * (3 + 30 + 400));
  }

  @Test
  void nothingAfterATerminationCounts() {
    assertThat(score(OBJECTIVE, 1, 1, states(6, 3, Float.NaN)))
        .containsExactly(1 + 10 + 600 - 2000);
    assertThat(score(OBJECTIVE, 1, 1, states(2, 6, 7)))
        .containsExactly((1 + 10 + 200) + 0.5 * (2 + 20 + 600 - 1000));
  }

  @Test
  void aStateThatIsNotFiniteScoresNanWhateverTheObjectiveMakesOfIt() {
    assertThat(score(ONE, 1, 1, states(2, Float.NaN, 4))).containsExactly(Double.NaN);
    assertThat(score(ONE, 1, 1, states(2, 3, Float.NEGATIVE_INFINITY))).containsExactly(Double.NaN);
    assertThat(score((s, a, n) -> Double.POSITIVE_INFINITY, 1, 1, states(2, 3, 4)))
        .containsExactly(Double.NaN);
  }

  @Test
  void particlesAreAveragedAndOneNanSpoilsThePlanAlone() {
    Objective next = (state, action, s) -> s[0];
    assertThat(score(next, 2, 2, states(4, 0, 0, 8, 0, 0, 4, 0, 0, Float.NaN, 0, 0)))
        .containsExactly(6, Double.NaN);
  }

  @Test
  void whatParticlesDisagreeAboutIsHeldAgainstAPlan() {
    Objective next = (state, action, s) -> s[0];
    // Particles return 2, 6 and 4, 4: the same mean, deviations of 2 and 0.
    Rollouts agreeing = states(2, 0, 0, 6, 0, 0, 4, 0, 0, 4, 0, 0);
    assertThat(score(next, 2, 2, agreeing, 0)).containsExactly(4, 4);
    assertThat(score(next, 2, 2, agreeing, 1.5)).containsExactly(4 - 1.5 * 2, 4);
    assertThat(score(next, 2, 2, states(2, 0, 0, Float.NaN, 0, 0, 4, 0, 0, 4, 0, 0), 1))
        .containsExactly(Double.NaN, 4);
  }

  @Test
  void aLearnedRewardReplacesTheKnownOne() {
    Rollouts learned = new Rollouts(new float[] {2, 6, 3}, new float[] {8, 4, 99}, null);
    assertThat(score(OBJECTIVE, 1, 1, learned)).containsExactly(8 + 0.5 * 4);
  }

  @Test
  void aLearnedTerminationWeighsWhatFollows() {
    Rollouts learned =
        new Rollouts(new float[] {6, 6, 6}, new float[] {8, 4, 16}, new float[] {0.25f, 1, 0});
    assertThat(score(OBJECTIVE, 1, 1, learned)).containsExactly(8 + 0.5 * 0.75 * 4);
    Rollouts known = new Rollouts(new float[] {0, 0, 0}, null, new float[] {0.25f, 0, 0});
    assertThat(score(OBJECTIVE, 1, 1, known))
        .containsExactly((1 + 10 - 0.25 * 2000) + 0.75 * (0.5 * (0 + 20) + 0.25 * (0 + 30)));
  }
}
