package org.planloop.dynamics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.RandomStream;
import org.planloop.environment.StateSpace;
import org.planloop.torch.Device;

/** How a rollout is shared between threads. */
class EnsembleRolloutTest {
  private static RandomStream[] streams(int problems) {
    RandomStream[] random = new RandomStream[problems];
    for (int g = 0; g < problems; g++) {
      random[g] = new RandomStream(g);
    }
    return random;
  }

  private static EnsembleArchitecture architecture(int members, int hidden) {
    return new EnsembleArchitecture(
        StateSpace.of("x", "v"),
        1,
        members,
        java.util.stream.IntStream.range(0, members).boxed().toList(),
        List.of(hidden, hidden),
        true,
        false,
        false);
  }

  private static RolloutRequest request(
      int problems, int plans, int particles, Propagation propagation) {
    int horizon = 6;
    float[] actions = new float[problems * plans * horizon];
    for (int i = 0; i < actions.length; i++) {
      actions[i] = (float) Math.sin(i);
    }
    return new RolloutRequest(
        problems,
        plans,
        horizon,
        particles,
        new float[problems * 2],
        actions,
        propagation,
        true,
        streams(problems));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 1, 5, 16, 2",
    "1, 500, 20, 5, 200, 2",
    "3, 40, 1, 5, 16, 2",
    "16, 64, 1, 5, 64, 4",
    "2, 7, 3, 5, 16, 8",
    "1, 3, 1, 5, 16, 4",
    "2, 2000, 20, 5, 400, 2"
  })
  void piecesCoverEveryPlanOnce(
      int problems, int plans, int particles, int members, int hidden, int lanes) {
    EnsembleRollout rollout =
        new EnsembleRollout(
            architecture(members, hidden),
            request(problems, plans, particles, Propagation.TS_INFINITY));
    boolean[] covered = new boolean[problems * plans];
    List<EnsembleRollout.Piece> pieces = rollout.pieces(lanes);

    for (EnsembleRollout.Piece piece : pieces) {
      for (int g = piece.problem(); g < piece.problem() + piece.problems(); g++) {
        for (int p = piece.plan(); p < piece.plan() + piece.plans(); p++) {
          assertThat(covered[g * plans + p]).isFalse();
          covered[g * plans + p] = true;
        }
      }
      assertThat(piece.plan() * particles % members).isZero();
    }
    assertThat(covered).containsOnly(true);
    if (problems * plans >= lanes * members) {
      assertThat(pieces).hasSizeGreaterThanOrEqualTo(Math.min(lanes, problems * plans));
    }
  }

  @ParameterizedTest
  @CsvSource({"EXPECTATION, 1, 1", "TS1, 5, 1", "TS_INFINITY, 5, 1", "TS1, 3, 3"})
  void twoThreadsFlyTheSameMembersAndNoise(Propagation propagation, int particles, int problems) {
    ModelParameters.Ensemble model =
        RandomEnsembles.weights(architecture(5, 16), new RandomStream(7)).toParameters();

    float[] one;
    float[] two;
    try (NeuralEnsembleModel single = new NeuralEnsembleModel(model, 1, Device.CPU);
        NeuralEnsembleModel shared = new NeuralEnsembleModel(model, 2, Device.CPU)) {
      one = single.rollout(request(problems, 23, particles, propagation)).states();
      two = shared.rollout(request(problems, 23, particles, propagation)).states();
      // Loading, making memory, flying: once a thread.
      assertThat(single.nativeCalls()).isEqualTo(3);
      assertThat(shared.nativeCalls()).isEqualTo(6);
    }

    assertThat(two).hasSameSizeAs(one);
    for (int i = 0; i < one.length; i++) {
      assertThat(two[i]).isCloseTo(one[i], Offset.offset(1e-5f * (1 + Math.abs(one[i]))));
    }
  }

  @Test
  void moreThreadsThanPlansAreNoHarm() {
    try (NeuralEnsembleModel model =
        new NeuralEnsembleModel(
            RandomEnsembles.weights(architecture(2, 8), new RandomStream(7)).toParameters(),
            8,
            Device.CPU)) {
      assertThat(model.rollout(request(1, 1, 1, Propagation.EXPECTATION)).states()).hasSize(12);
    }
  }
}
