package org.planloop.dynamics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.StateSpace;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Products;

class NeuralEnsembleModelTest {
  private static final StateSpace PENDULUM_ON_CART = StateSpace.of("x", "theta~", "dx", "dtheta");

  private static EnsembleArchitecture architecture(
      boolean probabilistic, boolean reward, boolean termination) {
    return new EnsembleArchitecture(
        PENDULUM_ON_CART,
        2,
        4,
        List.of(0, 2, 3),
        List.of(16, 8),
        probabilistic,
        reward,
        termination);
  }

  @Test
  void theExpectationIsTheMeanOverTheElites() {
    checkAgainstReference(architecture(false, false, false));
  }

  @Test
  void rewardAndTerminationArePredictedWhereLearned() {
    checkAgainstReference(architecture(false, true, false));
    checkAgainstReference(architecture(true, true, true));
  }

  private static void checkAgainstReference(EnsembleArchitecture a) {
    EnsembleWeights weights = RandomEnsembles.weights(a, new RandomStream(5));
    RolloutRequest request = request(2, 3, 4, 2, Propagation.EXPECTATION, false);
    Rollouts rollouts = rollout(weights, request);
    ReferenceEnsemble reference = new ReferenceEnsemble(weights);
    int rows = 0;
    for (int plan = 0; plan < 6; plan++) {
      for (int k = 0; k < 2; k++) {
        double[] state = new double[4];
        for (int i = 0; i < 4; i++) {
          state[i] = request.starts()[plan / 3 * 4 + i];
        }
        for (int t = 0; t < 4; t++) {
          double[] action = {
            request.actions()[(plan * 4 + t) * 2], request.actions()[(plan * 4 + t) * 2 + 1]
          };
          double[] mean = reference.expectation(state, action);
          int step = (plan * 2 + k) * 4 + t;
          for (int i = 0; i < 4; i++) {
            state[i] += mean[i];
            assertThat((double) rollouts.states()[step * 4 + i])
                .isCloseTo(state[i], within(1e-5 * (1 + Math.abs(state[i]))));
          }
          if (a.learnedReward()) {
            assertThat((double) rollouts.rewards()[step])
                .isCloseTo(mean[4], within(1e-5 * (1 + Math.abs(mean[4]))));
          }
          if (a.learnedTermination()) {
            assertThat(rollouts.terminations()[step])
                .isCloseTo((float) reference.termination, within(1e-5f));
          }
          rows++;
        }
      }
    }
    assertThat(rows).isEqualTo(48);
    assertThat(rollouts.rewards() == null).isEqualTo(!a.learnedReward());
    assertThat(rollouts.terminations() == null).isEqualTo(!a.learnedTermination());
  }

  /** Member e always adds e + 1 to a state of one dimension. */
  private static EnsembleWeights counters(int members) {
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            StateSpace.of("x"),
            1,
            members,
            IntStream.range(0, members).boxed().toList(),
            List.of(3),
            false,
            false,
            false);
    EnsembleWeights w = RandomEnsembles.zero(a);
    for (int e = 0; e < members; e++) {
      w.biases()[1][e] = e + 1;
    }
    return w;
  }

  @Test
  void tsInfinityKeepsAParticlesMember() {
    RolloutRequest request = request(2, 7, 6, 5, Propagation.TS_INFINITY, false, 1, 1);
    float[] states = rollout(counters(5), request).states();
    for (int plan = 0; plan < 14; plan++) {
      float[] members = new float[5];
      for (int k = 0; k < 5; k++) {
        members[k] = increment(request, states, plan, k, 0);
        for (int t = 1; t < 6; t++) {
          assertThat(increment(request, states, plan, k, t)).isCloseTo(members[k], within(1e-4f));
        }
      }
      Arrays.sort(members);
      assertThat(members).containsExactly(new float[] {1, 2, 3, 4, 5}, within(1e-4f));
    }
  }

  @Test
  void ts1DrawsAMemberAnewAtEveryStep() {
    RolloutRequest request = request(1, 2, 40, 10, Propagation.TS1, false, 1, 1);
    float[] states = rollout(counters(5), request).states();
    int changes = 0;
    for (int plan = 0; plan < 2; plan++) {
      for (int t = 0; t < 40; t++) {
        float[] members = new float[10];
        for (int k = 0; k < 10; k++) {
          members[k] = increment(request, states, plan, k, t);
          if (t > 0 && Math.abs(members[k] - increment(request, states, plan, k, t - 1)) > 0.5) {
            changes++;
          }
        }
        Arrays.sort(members);
        assertThat(members)
            .containsExactly(new float[] {1, 1, 2, 2, 3, 3, 4, 4, 5, 5}, within(1e-4f));
      }
    }
    assertThat(changes / (2 * 39 * 10.0)).isBetween(0.75, 0.85);
  }

  @Test
  void everyMemberIsEquallyLikelyWhereHandsAreIncomplete() {
    RolloutRequest request = request(1, 1, 3000, 2, Propagation.TS1, false, 1, 1);
    float[] states = rollout(counters(3), request).states();
    int[] seen = new int[4];
    for (int t = 0; t < 3000; t++) {
      seen[Math.round(increment(request, states, 0, 0, t))]++;
    }
    assertThat(seen[0]).isZero();
    assertThat(seen[1]).isBetween(900, 1100);
    assertThat(seen[2]).isBetween(900, 1100);
  }

  private static float increment(RolloutRequest r, float[] states, int plan, int k, int t) {
    int at = (plan * r.particles() + k) * r.horizon() + t;
    float before = t == 0 ? r.starts()[plan / r.plans()] : states[at - 1];
    return states[at] - before;
  }

  @Test
  void aProblemDoesNotDependOnItsNeighbours() {
    RolloutRequest both = request(2, 3, 4, 4, Propagation.TS1, false, 1, 1);
    float[] together = rollout(counters(3), both).states();
    RolloutRequest second =
        new RolloutRequest(
            1,
            3,
            4,
            4,
            Arrays.copyOfRange(both.starts(), 1, 2),
            Arrays.copyOfRange(both.actions(), 12, 24),
            Propagation.TS1,
            false,
            new RandomStream[] {new RandomStream(101)});
    assertThat(rollout(counters(3), second).states())
        .isEqualTo(Arrays.copyOfRange(together, 48, 96));
  }

  @Test
  void workThatIsCutIntoSeveralCallsGivesTheSame() {
    int horizon = 1000;
    RolloutRequest cut = request(1, 1500, horizon, 2, Propagation.TS1, false, 1, 1);
    float[] states = rollout(counters(3), cut).states();
    RolloutRequest first =
        new RolloutRequest(
            1,
            3,
            horizon,
            2,
            cut.starts(),
            Arrays.copyOf(cut.actions(), 3 * horizon),
            Propagation.TS1,
            false,
            new RandomStream[] {new RandomStream(100)});
    assertThat(rollout(counters(3), first).states()).isEqualTo(Arrays.copyOf(states, 6 * horizon));
    for (int row = 0; row < 3000; row++) {
      float start = cut.starts()[0];
      assertThat((states[(row + 1) * horizon - 1] - start) / horizon).isBetween(1.8f, 2.2f);
    }
  }

  @Test
  void sampledNoiseHasThePredictedVariance() {
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            StateSpace.of("x"), 1, 2, List.of(0, 1), List.of(3), true, false, false);
    EnsembleWeights w = RandomEnsembles.zero(a);
    w.outputStd()[0] = 2;
    Arrays.fill(w.minLogVariance(), -20);
    Arrays.fill(w.maxLogVariance(), 20);
    w.biases()[1][1] = (float) Math.log(0.04);
    w.biases()[1][3] = (float) Math.log(0.36);
    // Standard deviations 2 sqrt(0.04) and 2 sqrt(0.36), or the root of their mean square.
    assertThat(spread(w, Propagation.EXPECTATION, true))
        .isCloseTo(2 * Math.sqrt(0.2), within(0.02));
    assertThat(spread(w, Propagation.TS_INFINITY, true))
        .isCloseTo(2 * Math.sqrt(0.2), within(0.02));
    assertThat(spread(w, Propagation.TS_INFINITY, false)).isZero();
  }

  private static double spread(EnsembleWeights w, Propagation propagation, boolean noise) {
    RolloutRequest request = request(1, 10, 1, 2000, propagation, noise, 1, 1);
    float[] states = rollout(w, request).states();
    double squares = 0;
    for (float state : states) {
      squares += Math.pow(state - request.starts()[0], 2);
    }
    return Math.sqrt(squares / states.length);
  }

  @Test
  void equalRequestsGiveEqualBitsInEveryThread() throws Exception {
    EnsembleWeights weights =
        RandomEnsembles.weights(architecture(true, true, true), new RandomStream(9));
    float[] expected = rollout(weights, request(3, 20, 10, 6, Propagation.TS1, true)).states();
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        results.add(
            pool.submit(
                () -> rollout(weights, request(3, 20, 10, 6, Propagation.TS1, true)).states()));
      }
      for (Future<float[]> result : results) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void aMissingTensorIsNamed() {
    EnsembleArchitecture a = architecture(false, false, false);
    ModelParameters.Ensemble whole = RandomEnsembles.zero(a).toParameters();
    ModelParameters.Ensemble part =
        new ModelParameters.Ensemble(a, whole.tensors().subList(1, whole.tensors().size()));
    assertThatThrownBy(() -> new NeuralEnsembleModel(part, 1, Device.CPU))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("weight0 of shape [4, 7, 16]");
  }

  /** The path that deals members, the one with noise and the plain one: the same model. */
  @Test
  void allPathsAgreeWhereTheyMust() {
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            PENDULUM_ON_CART, 2, 3, List.of(1), List.of(16, 8), true, false, false);
    EnsembleWeights weights = RandomEnsembles.weights(a, new RandomStream(5));
    Arrays.fill(weights.minLogVariance(), -60);
    Arrays.fill(weights.maxLogVariance(), -50);
    float[] mean = rollout(weights, request(2, 5, 6, 2, Propagation.EXPECTATION, false)).states();
    for (Propagation propagation : Propagation.values()) {
      for (boolean noise : new boolean[] {false, true}) {
        float[] other = rollout(weights, request(2, 5, 6, 2, propagation, noise)).states();
        for (int i = 0; i < mean.length; i++) {
          assertThat(other[i])
              .as(propagation + " " + noise)
              .isCloseTo(mean[i], within(1e-5f * (1 + Math.abs(mean[i]))));
        }
      }
    }
  }

  /** Wide enough that oneDNN multiplies; skipped only where PyTorch comes without it. */
  @Test
  void bothProductsPredictTheSame() {
    assumeTrue(System.getProperty("os.arch").equals("amd64"));
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            PENDULUM_ON_CART, 2, 2, List.of(0, 1), List.of(256, 256, 250), true, false, false);
    ModelParameters.Ensemble model = RandomEnsembles.weights(a, new RandomStream(5)).toParameters();
    for (Propagation propagation : Propagation.values()) {
      try (NeuralEnsembleModel blas =
              new NeuralEnsembleModel(model, 1, Device.CPU, Precision.FP32, Products.BLAS);
          NeuralEnsembleModel oneDnn =
              new NeuralEnsembleModel(model, 1, Device.CPU, Precision.FP32, Products.ONEDNN)) {
        float[] expected = blas.rollout(request(1, 80, 3, 2, propagation, false)).states();
        float[] states = oneDnn.rollout(request(1, 80, 3, 2, propagation, false)).states();
        for (int i = 0; i < expected.length; i++) {
          assertThat(states[i]).isCloseTo(expected[i], within(1e-5f * (1 + Math.abs(expected[i]))));
        }
      }
    }
  }

  @Test
  void halfPrecisionPredictsNearlyTheSame() {
    EnsembleArchitecture a = architecture(true, true, true);
    EnsembleWeights weights = RandomEnsembles.weights(a, new RandomStream(5));
    for (Propagation propagation : Propagation.values()) {
      RolloutRequest request = request(2, 5, 3, 3, propagation, false);
      float[] whole = rollout(weights, request).states();
      try (NeuralEnsembleModel half =
          new NeuralEnsembleModel(weights.toParameters(), 1, Device.CPU, Precision.BF16)) {
        float[] states = half.rollout(request(2, 5, 3, 3, propagation, false)).states();
        assertThat(states).isNotEqualTo(whole);
        for (int i = 0; i < whole.length; i++) {
          assertThat(states[i]).isCloseTo(whole[i], within(0.02f * (1 + Math.abs(whole[i]))));
        }
      }
    }
  }

  private static Rollouts rollout(EnsembleWeights weights, RolloutRequest request) {
    try (NeuralEnsembleModel model =
        new NeuralEnsembleModel(weights.toParameters(), 1, Device.CPU)) {
      return model.rollout(request);
    }
  }

  private static RolloutRequest request(
      int g, int p, int h, int k, Propagation propagation, boolean noise) {
    return request(g, p, h, k, propagation, noise, 4, 2);
  }

  private static RolloutRequest request(
      int g, int p, int h, int k, Propagation propagation, boolean noise, int s, int a) {
    RandomStream random = new RandomStream(3);
    RandomStream[] streams = new RandomStream[g];
    for (int i = 0; i < g; i++) {
      streams[i] = new RandomStream(100 + i);
    }
    return new RolloutRequest(
        g,
        p,
        h,
        k,
        RandomEnsembles.gaussian(g * s, 1, random),
        RandomEnsembles.gaussian(g * p * h * a, 1, random),
        propagation,
        noise,
        streams);
  }
}
