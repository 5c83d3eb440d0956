package org.planloop.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;

class FiniteDifferenceTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /** Rows of positive weights that sum to {@code total}. */
  private static double[] rows(RandomStream random, int rows, int width, double total) {
    double[] result = new double[rows * width];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        // Exponential variables, normalised, are uniform on the simplex.
        result[row * width + i] = -Math.log(1 - random.nextDouble());
        sum += result[row * width + i];
      }
      for (int i = 0; i < width; i++) {
        result[row * width + i] *= total / sum;
      }
    }
    return result;
  }

  private static double[] uniform(RandomStream random, int size) {
    double[] result = new double[size];
    for (int i = 0; i < size; i++) {
      result[i] = random.nextDouble();
    }
    return result;
  }

  /** Worlds that differ in rewards as well, as they do where a reward depends on s'. */
  private static FiniteDifference random(RandomStream random) {
    int states = 2 + random.nextInt(12);
    int actions = 2 + random.nextInt(3);
    double discount = 0.5 + 0.45 * random.nextDouble();
    int pairs = states * actions;
    return new FiniteDifference(
        new FiniteProcess(
            states, actions, uniform(random, pairs), rows(random, pairs, states, discount)),
        new FiniteProcess(
            states, actions, uniform(random, pairs), rows(random, pairs, states, discount)),
        rows(random, states, actions, 1),
        rows(random, states, actions, 1),
        rows(random, 1, states, 1));
  }

  @Test
  void allFormsCloseOnRandomWorlds() {
    RandomStream random = new RandomStream(4);
    for (int trial = 0; trial < 200; trial++) {
      FiniteDifference worlds = random(random);
      PerformanceDifference returns = worlds.ofReturns();
      PerformanceDifference expanded = worlds.expanded();
      assertThat(expanded.learnerFit()).isCloseTo(returns.learnerFit(), EXACT);
      assertThat(expanded.expertFit()).isCloseTo(returns.expertFit(), EXACT);
      assertThat(expanded.planning()).isCloseTo(returns.planning(), EXACT);
      PerformanceDifference lazy = worlds.lazy();
      assertThat(lazy.learnerFit()).isCloseTo(returns.learnerFit(), EXACT);
      assertThat(lazy.gap()).isCloseTo(returns.gap(), EXACT);
      assertThat(lazy.planning()).isNotCloseTo(returns.planning(), within(1e-6));
    }
  }

  @Test
  void aModelThatPromisesTooMuchIsTheLearnersFit() {
    // From 0, action 0 pays 1 and ends; action 1 ends for nothing, which the model takes for 5.
    FiniteProcess real = new FiniteProcess(1, 2, new double[] {1, 0}, new double[] {0, 0});
    FiniteProcess model = new FiniteProcess(1, 2, new double[] {1, 5}, new double[] {0, 0});
    FiniteDifference difference =
        new FiniteDifference(
            real, model, new double[] {0, 1}, new double[] {1, 0}, new double[] {1});
    PerformanceDifference expected = new PerformanceDifference(-5, 0, 4);
    assertThat(difference.ofReturns()).isEqualTo(expected);
    assertThat(difference.expanded()).isEqualTo(expected);
    assertThat(difference.lazy()).isEqualTo(expected);
    assertThat(expected.gap()).isEqualTo(-1);
  }

  @Test
  void aModelThatDoesNotBelieveTheExpertIsTheExpertsFit() {
    // The expert's action pays 3 for real and nothing in the model; the learner takes the coin.
    FiniteProcess real = new FiniteProcess(1, 2, new double[] {3, 1}, new double[] {0, 0});
    FiniteProcess model = new FiniteProcess(1, 2, new double[] {0, 1}, new double[] {0, 0});
    FiniteDifference difference =
        new FiniteDifference(
            real, model, new double[] {0, 1}, new double[] {1, 0}, new double[] {1});
    assertThat(difference.ofReturns()).isEqualTo(new PerformanceDifference(0, -3, 1));
    assertThat(difference.expanded()).isEqualTo(difference.ofReturns());
  }

  @Test
  void aTableWithAnObjectiveEndsWhereTheObjectiveSays() {
    // 0 -> 0 or 1 with even chances; entering 1 pays 2 and ends.
    FiniteProcess process =
        FiniteProcess.of(
            new ModelParameters.Tabular(2, 1, new double[] {0.5, 0.5, 0, 1}),
            new org.planloop.environment.Objective() {
              @Override
              public double reward(double[] state, double[] action, double[] next) {
                return next[0] == 1 ? 2 : 0;
              }

              @Override
              public boolean terminated(double[] state, double[] action, double[] next) {
                return next[0] == 1;
              }
            },
            0.9);
    // V = 1/2 2 + 0.45 V; visits of 0: 1 / (1 - 0.45).
    assertThat(process.values(new double[] {1, 1})[0]).isCloseTo(1 / 0.55, EXACT);
    assertThat(process.occupancy(new double[] {1, 1}, new double[] {1, 0}))
        .containsExactly(new double[] {1 / 0.55, 0}, EXACT);
  }

  @Test
  void anEndlessPolicyHasNoReturnAtDiscountOne() {
    FiniteProcess endless = new FiniteProcess(1, 1, new double[] {1}, new double[] {1});
    assertThatThrownBy(() -> endless.values(new double[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("discount");
  }

  @Test
  void manyStatesThatStayPutAreNotEndlessBelowDiscountOne() {
    int states = 40;
    double[] rewards = new double[states];
    double[] weights = new double[states * states];
    for (int state = 0; state < states; state++) {
      rewards[state] = 1;
      weights[state * states + state] = 0.9;
    }
    double[] policy = rewards.clone();
    double[] values = new FiniteProcess(states, 1, rewards, weights).values(policy);
    assertThat(values).containsOnly(values[0]);
    assertThat(values[0]).isCloseTo(10, within(1e-12));
  }
}
