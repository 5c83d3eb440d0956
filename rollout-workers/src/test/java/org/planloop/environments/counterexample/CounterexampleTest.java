package org.planloop.environments.counterexample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.planloop.environments.counterexample.CounterexampleModels.CASH;
import static org.planloop.environments.counterexample.CounterexampleModels.CUT;
import static org.planloop.environments.counterexample.CounterexampleModels.GO;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.environments.Environments;

class CounterexampleTest {
  private static final double DISCOUNT = 0.9;

  /** The discounted return of an episode of {@code action}, then go for ever. */
  private static double flown(int action) {
    Environment environment = Environments.bundled().create("counterexample", Map.of());
    VectorEnvironment copies = environment.open(1);
    copies.reset(0, new RandomStream(1));
    StepResult result = new StepResult(1, 1);
    double sum = 0;
    double weight = 1;
    double[] actions = {action};
    do {
      copies.step(new boolean[] {true}, actions, result);
      sum += weight * result.rewards[0];
      weight *= DISCOUNT;
      actions[0] = GO;
    } while (!result.terminated[0]);
    return sum;
  }

  /** The same in a model, followed for 100 steps. */
  private static double predicted(ModelParameters model, int action) {
    ModelParameters.Tabular table = (ModelParameters.Tabular) model;
    FiniteDynamics dynamics = new FiniteDynamics(table, Place.START);
    RandomStream random = new RandomStream(2);
    EnteringPays objective = new EnteringPays();
    double[] state = {Place.START};
    double sum = 0;
    double weight = 1;
    for (int step = 0; step < 100; step++) {
      double[] before = state.clone();
      double[] chosen = {step == 0 ? action : GO};
      dynamics.step(state, chosen, random);
      sum += weight * objective.reward(before, chosen, state);
      weight *= DISCOUNT;
    }
    return sum;
  }

  @Test
  void theTruthPaysTheMeasuredReturns() {
    assertThat(flown(GO)).isCloseTo(8.1, within(1e-12));
    assertThat(flown(CUT)).isEqualTo(-10);
    assertThat(flown(CASH)).isEqualTo(1);
  }

  @Test
  void theStatedModelsPromiseWhatTheyAreStatedFor() {
    Map<String, ModelParameters> models = new CounterexampleModels().models();
    assertThat(models.keySet()).containsExactly("M1", "M2", "M*");
    assertThat(predicted(models.get("M1"), CUT)).isEqualTo(10);
    assertThat(predicted(models.get("M1"), GO)).isCloseTo(8.1, within(1e-12));
    assertThat(predicted(models.get("M2"), CUT)).isEqualTo(-10);
    assertThat(predicted(models.get("M2"), GO)).isEqualTo(0);
    assertThat(predicted(models.get("M2"), CASH)).isEqualTo(1);
    assertThat(predicted(models.get("M*"), GO)).isCloseTo(flown(GO), within(1e-12));
  }

  @Test
  void modelsDifferFromTheTruthOnlyWhereStated() {
    Map<String, ModelParameters> models = new CounterexampleModels().models();
    assertThat(differences(models.get("M1"))).isEqualTo(1);
    assertThat(differences(models.get("M2"))).isEqualTo(3);
  }

  private static int differences(ModelParameters model) {
    ModelParameters.Tabular truth = CounterexampleModels.truth();
    int count = 0;
    for (int state = 0; state < truth.states(); state++) {
      for (int action = 0; action < truth.actions(); action++) {
        for (int next = 0; next < truth.states(); next++) {
          if (truth.probability(state, action, next) > 0
              && ((ModelParameters.Tabular) model).probability(state, action, next) == 0) {
            count++;
          }
        }
      }
    }
    return count;
  }

  @Test
  void stochasticRowsAreDrawnWithTheirProbabilities() {
    ModelParameters.Tabular table =
        new ModelParameters.Tabular(2, 1, new double[] {0.3, 0.7, 0, 1});
    FiniteDynamics dynamics = new FiniteDynamics(table, 0);
    RandomStream random = new RandomStream(3);
    int stayed = 0;
    for (int i = 0; i < 100_000; i++) {
      double[] state = {0};
      dynamics.step(state, new double[] {0}, random);
      stayed += state[0] == 0 ? 1 : 0;
    }
    assertThat(stayed / 100_000.0).isCloseTo(0.3, within(4 * Math.sqrt(0.21 / 100_000)));
  }
}
