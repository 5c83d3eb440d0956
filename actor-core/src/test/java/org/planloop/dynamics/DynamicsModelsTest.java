package org.planloop.dynamics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.torch.Device;

class DynamicsModelsTest {
  /** Position and speed; the push arrives with noise; a counter is hidden. */
  private static final Environment CART =
      Environment.simulated(
          "cart",
          StateSpace.of("x", "v"),
          ActionSpace.Box.symmetric(1, 5),
          100,
          (state, action, next) -> 0,
          new Simulator() {
            @Override
            public int size() {
              return 3;
            }

            @Override
            public void start(double[] full, RandomStream random) {}

            @Override
            public void step(double[] full, double[] action, RandomStream random) {
              full[0] += full[1];
              full[1] += action[0] + 0.5 * random.nextGaussian();
              full[2]++;
            }

            @Override
            public void embed(double[] state, double[] full) {
              System.arraycopy(state, 0, full, 0, 2);
            }
          });

  private static RolloutRequest request(int particles, boolean noise) {
    return new RolloutRequest(
        2,
        2,
        3,
        particles,
        new float[] {0, 1, 10, 0},
        new float[] {1, 0, 0, 0, 0, 2, 0, 0, 0, -1, 1, 0},
        Propagation.TS1,
        noise,
        new RandomStream[] {new RandomStream(1), new RandomStream(2)});
  }

  @Test
  void aTimeVaryingModelFollowsTheStepInItsState() {
    // x' = x + (1, then 10) a; the second dimension is the step.
    ModelParameters.TimeVaryingLinear model =
        new ModelParameters.TimeVaryingLinear(
            2, 1, 1, new double[] {1, 0, 0, 1, 1, 0, 0, 1}, new double[] {1, 0, 10, 0});
    try (DynamicsModel opened = DynamicsModels.open(model, CART, 1, Device.CPU)) {
      RolloutRequest request =
          new RolloutRequest(
              1,
              1,
              3,
              2,
              new float[] {5, 0},
              new float[] {1, 1, -1},
              Propagation.EXPECTATION,
              false,
              new RandomStream[] {new RandomStream(0)});
      assertThat(opened.rollout(request).states())
          .containsExactly(6, 1, 16, 2, 6, 3, 6, 1, 16, 2, 6, 3);
    }
  }

  @Test
  void theTruthWithoutNoiseIsTheUndisturbedSystem() {
    try (DynamicsModel model =
        DynamicsModels.open(new ModelParameters.Truth(), CART, 1, Device.CPU)) {
      assertThat(model.rollout(request(1, false)).states())
          .containsExactly(
              1, 2, 3, 2, 5, 2, 1, 1, 2, 1, 3, 3, 10, 0, 10, 0, 10, 0, 10, -1, 9, 0, 9, 0);
    }
  }

  @Test
  void aParticleMeetsTheSameNoiseInEveryPlan() {
    try (DynamicsModel model =
        DynamicsModels.open(new ModelParameters.Truth(), CART, 1, Device.CPU)) {
      float[] states = model.rollout(request(2, true)).states();
      assertThat(model.rollout(request(2, true)).states()).isEqualTo(states);
      // Speeds after one step, without the push: plan 0 pushes 1, plan 1 does not.
      float[] noise = {states[1] - 2, states[7] - 2, states[13] - 1, states[19] - 1};
      assertThat(noise[2]).isCloseTo(noise[0], within(1e-6f));
      assertThat(noise[3]).isCloseTo(noise[1], within(1e-6f));
      assertThat(noise[0]).isNotCloseTo(noise[1], within(1e-6f));
      assertThat(noise[0]).isNotZero();
    }
  }

  @Test
  void aLinearModelFollowsItsMatrices() {
    ModelParameters.Linear cart =
        new ModelParameters.Linear(2, 1, new double[] {1, 1, 0, 1}, new double[] {0, 1});
    try (DynamicsModel linear = DynamicsModels.open(cart, CART, 1, Device.CPU);
        DynamicsModel truth =
            DynamicsModels.open(new ModelParameters.Truth(), CART, 1, Device.CPU)) {
      assertThat(linear.rollout(request(3, false)).states())
          .isEqualTo(truth.rollout(request(3, false)).states());
    }
  }

  @Test
  void anEnsembleOpensOnPyTorch() {
    EnsembleArchitecture a =
        new EnsembleArchitecture(CART.states(), 1, 1, List.of(0), List.of(2), false, false, false);
    ModelParameters zero = RandomEnsembles.zero(a).toParameters();
    try (DynamicsModel model = DynamicsModels.open(zero, CART, 1, Device.AUTO)) {
      assertThat(model.rollout(request(1, false)).states()).startsWith(0, 1, 0, 1, 0, 1);
    }
  }

  /** Two states, two actions; action 1 goes on with probability 1/4. */
  private static final ModelParameters.Tabular CHAIN =
      new ModelParameters.Tabular(2, 2, new double[] {1, 0, 0.75, 0.25, 0, 1, 0, 1});

  private static RolloutRequest indexed(int particles, boolean noise) {
    return new RolloutRequest(
        1,
        1,
        1,
        particles,
        new float[] {0},
        new float[] {1},
        Propagation.TS1,
        noise,
        new RandomStream[] {new RandomStream(5)});
  }

  @Test
  void aTabularModelDrawsFromItsRows() {
    try (DynamicsModel model = new TabularDynamicsModel(CHAIN)) {
      float[] states = model.rollout(indexed(40_000, true)).states();
      double went = 0;
      for (float state : states) {
        went += state;
      }
      // Four standard errors of 40000 draws.
      assertThat(went / states.length).isCloseTo(0.25, within(0.009));
      assertThat(model.rollout(indexed(3, false)).states()).containsExactly(0, 0, 0);
    }
  }

  @Test
  void aTabularModelKnowsNothingOutsideItsTable() {
    RolloutRequest request =
        new RolloutRequest(
            3,
            1,
            1,
            1,
            new float[] {2, 0.5f, 1},
            new float[] {0, 0, 2},
            Propagation.TS1,
            false,
            new RandomStream[] {new RandomStream(1), new RandomStream(2), new RandomStream(3)});
    try (DynamicsModel model = new TabularDynamicsModel(CHAIN)) {
      assertThat(model.rollout(request).states()).containsExactly(Float.NaN, Float.NaN, Float.NaN);
    }
  }

  @Test
  void aTabularModelDoesNotFitRealStates() {
    assertThatThrownBy(() -> DynamicsModels.open(CHAIN, CART, 1, Device.CPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the model has 1 states and 1 actions");
  }

  @Test
  void aModelOfAnotherSystemIsRefused() {
    ModelParameters other = new ModelParameters.Linear(1, 1, new double[] {1}, new double[] {1});
    assertThatThrownBy(() -> DynamicsModels.open(other, CART, 1, Device.CPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "the model has 1 states and 1 actions, but environment cart has 2 and 1; use the"
                + " model with the environment it was fitted to");
  }

  @Test
  void aSilentStreamGivesMeans() {
    RandomStream silent = RandomStream.silent();
    assertThat(silent.nextGaussian()).isZero();
    assertThat(silent.nextDouble()).isEqualTo(0.5);
    assertThat(silent.split().nextGaussian()).isZero();
    RandomStream copy = new RandomStream(3);
    copy.copyFrom(silent);
    assertThat(copy.nextGaussian()).isZero();
  }
}
