package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Objective;

class ValueIterationTest {
  /** Entering 3 pays 10, 4 pays -10, 5 pays 1; entering 6 ends. */
  private static final Objective PLACES =
      new Objective() {
        @Override
        public double reward(double[] state, double[] action, double[] next) {
          return new double[] {0, 0, 0, 10, -10, 1, 0}[(int) next[0]];
        }

        @Override
        public boolean terminated(double[] state, double[] action, double[] next) {
          return next[0] == 6;
        }
      };

  private static final Objective ONE = (state, action, next) -> 1;

  /** The counterexample's graph: where the short cut, and where the way's second place, lead. */
  private static ModelParameters.Tabular graph(int cut, int second) {
    return ModelParameters.Tabular.deterministic(
        new int[][] {
          {1, cut, 5},
          {2, 2, 2},
          {second, second, second},
          {6, 6, 6},
          {6, 6, 6},
          {6, 6, 6},
          {6, 6, 6}
        });
  }

  @Test
  void plansInTheModelsOfTheCounterexample() {
    ValueIteration.Solution optimistic = ValueIteration.solve(graph(3, 3), PLACES, 0.9);
    assertThat(optimistic.actions()[0]).isEqualTo(1);
    assertThat(optimistic.values()[0]).isEqualTo(10);
    ValueIteration.Solution pessimistic = ValueIteration.solve(graph(4, 2), PLACES, 0.9);
    assertThat(pessimistic.actions()[0]).isEqualTo(2);
    assertThat(pessimistic.values()[0]).isEqualTo(1);
    ValueIteration.Solution truth = ValueIteration.solve(graph(4, 3), PLACES, 0.9);
    assertThat(truth.actions()).containsOnly(0);
    assertThat(truth.values()[0]).isCloseTo(8.1, within(1e-12));
    assertThat(ValueIteration.solve(graph(4, 3), PLACES, 1).values()[0]).isEqualTo(10);
  }

  @Test
  void aSelfLoopHasItsGeometricSeries() {
    ModelParameters.Tabular loop = new ModelParameters.Tabular(2, 1, new double[] {0.8, 0.2, 0, 1});
    Objective stayPays = (state, action, next) -> next[0] == 0 ? 1 : 0;
    ValueIteration.Solution solution = ValueIteration.solve(loop, stayPays, 0.99);
    assertThat(solution.values()[0]).isCloseTo(0.8 / (1 - 0.99 * 0.8), within(1e-11));
    assertThat(solution.values()[1]).isZero();
  }

  @Test
  void valuesSolveTheBellmanEquationOfTheGreedyPolicy() {
    int states = 20;
    int actions = 4;
    RandomStream random = new RandomStream(9);
    double[] probabilities = new double[states * actions * states];
    for (int row = 0; row < states * actions; row++) {
      double sum = 0;
      for (int next = 0; next < states; next++) {
        double weight = Math.pow(random.nextDouble(), 6);
        probabilities[row * states + next] = weight;
        sum += weight;
      }
      for (int next = 0; next < states; next++) {
        probabilities[row * states + next] /= sum;
      }
    }
    ModelParameters.Tabular model = new ModelParameters.Tabular(states, actions, probabilities);
    Objective objective = (s, a, next) -> Math.sin(3 * s[0] + 5 * a[0] + 7 * next[0]);
    double discount = 0.9;
    ValueIteration.Solution solution = ValueIteration.solve(model, objective, discount);

    for (int s = 0; s < states; s++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int a = 0; a < actions; a++) {
        double value = 0;
        for (int next = 0; next < states; next++) {
          double reward = objective.reward(new double[] {s}, new double[] {a}, new double[] {next});
          value += model.probability(s, a, next) * (reward + discount * solution.values()[next]);
        }
        best = Math.max(best, value);
        if (a == solution.actions()[s]) {
          assertThat(value).isCloseTo(solution.values()[s], within(1e-12));
        }
      }
      assertThat(best).isCloseTo(solution.values()[s], within(1e-12));
    }
  }

  @Test
  void rewardForEverWithoutDiscountIsAnError() {
    ModelParameters.Tabular loop = ModelParameters.Tabular.deterministic(new int[][] {{0}});
    assertThatThrownBy(() -> ValueIteration.solve(loop, ONE, 1))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("discount");
  }

  @Test
  void aLazyPlannerImprovesAlongTheGivenStatesAlone() {
    // Truth; the policy cuts into the ditch. The expert has been at 0, 1 and 2.
    int[] cutting = {1, 2, 2, 0, 0, 0, 0};
    ValueIteration.Solution improved =
        ValueIteration.improve(graph(4, 3), PLACES, 0.9, cutting, new int[] {0, 1, 2});
    assertThat(improved.actions()).containsExactly(0, 2, 2, 0, 0, 0, 0);
    assertThat(improved.values()[1]).isCloseTo(9, within(1e-12));
    assertThat(
            ValueIteration.improve(graph(4, 3), PLACES, 0.9, cutting, new int[] {1, 2}).actions())
        .isEqualTo(cutting);
    assertThat(improved.backups())
        .isLessThan(ValueIteration.solve(graph(4, 3), PLACES, 0.9).backups());
  }

  @Test
  void improvedEverywhereAgainAndAgainAPolicyBecomesTheBest() {
    RandomStream random = new RandomStream(8);
    int states = 12;
    int actions = 3;
    double[] probabilities = new double[states * actions * states];
    for (int pair = 0; pair < states * actions; pair++) {
      double sum = 0;
      for (int next = 0; next < states; next++) {
        probabilities[pair * states + next] = -Math.log(1 - random.nextDouble());
        sum += probabilities[pair * states + next];
      }
      for (int next = 0; next < states; next++) {
        probabilities[pair * states + next] /= sum;
      }
    }
    ModelParameters.Tabular model = new ModelParameters.Tabular(states, actions, probabilities);
    Objective objective = (state, action, next) -> Math.sin(7 * state[0] + 3 * action[0]);
    int[] everywhere = java.util.stream.IntStream.range(0, states).toArray();
    int[] policy = new int[states];
    for (int i = 0; i < 20; i++) {
      policy = ValueIteration.improve(model, objective, 0.9, policy, everywhere).actions();
    }
    assertThat(policy).isEqualTo(ValueIteration.solve(model, objective, 0.9).actions());
  }
}
