package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.environment.StateSpace;

class MixtureStatisticsTest {
  private static final EnsembleArchitecture PLAIN =
      new EnsembleArchitecture(
          StateSpace.of("x"), 1, 1, List.of(0), List.of(2), false, true, false);

  /** Expert: state 0, change 1. Learner: states 3 and 5, change 4 and 8. Action always 7. */
  private static MemoryReplay replay() {
    TransitionBatch expert = TransitionBatch.allocate(1, 1, 1);
    TransitionBatch learner = TransitionBatch.allocate(2, 1, 1);
    expert.actions()[0] = 7;
    expert.nextStates()[0] = 1;
    expert.rewards()[0] = 2;
    learner.states()[0] = 3;
    learner.states()[1] = 5;
    learner.actions()[0] = 7;
    learner.actions()[1] = 7;
    learner.nextStates()[0] = 7;
    learner.nextStates()[1] = 13;
    learner.rewards()[0] = 2;
    learner.rewards()[1] = 2;
    return new MemoryReplay(expert, learner);
  }

  @Test
  void theSidesWeighAsInTheBatchesWhateverTheirSizes() {
    MixtureStatistics half = MixtureStatistics.of(replay(), PLAIN, 0.5);
    assertThat(half.inputMean()[0]).isCloseTo(2, within(1e-6f));
    // 1/2 (2^2 + (1 + 2^2))
    assertThat(half.inputStd()[0]).isCloseTo((float) Math.sqrt(4.5), within(1e-6f));
    assertThat(half.outputMean()[0]).isCloseTo(3.5f, within(1e-6f));
    assertThat(half.outputStd()[0])
        .isCloseTo((float) Math.sqrt(0.5 * 6.25 + 0.5 * (4 + 6.25)), within(1e-6f));
  }

  @Test
  void aSideWithoutWeightDoesNotCount() {
    MixtureStatistics learner = MixtureStatistics.of(replay(), PLAIN, 0);
    assertThat(learner.inputMean()[0]).isCloseTo(4, within(1e-6f));
    assertThat(learner.inputStd()[0]).isCloseTo(1, within(1e-6f));
    assertThat(learner.outputMean()[0]).isCloseTo(6, within(1e-6f));
    assertThat(learner.outputStd()[0]).isCloseTo(2, within(1e-6f));
  }

  @Test
  void aConstantDimensionIsNotScaled() {
    MixtureStatistics half = MixtureStatistics.of(replay(), PLAIN, 0.5);
    assertThat(half.inputMean()[1]).isEqualTo(7);
    assertThat(half.inputStd()[1]).isEqualTo(1);
    assertThat(half.outputMean()[1]).isEqualTo(2);
    assertThat(half.outputStd()[1]).isEqualTo(1);
  }

  @Test
  void anAnglesChangeTakesTheShortWay() {
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            StateSpace.of("theta~"), 1, 1, List.of(0), List.of(2), false, false, false);
    TransitionBatch wrapped = TransitionBatch.allocate(1, 1, 1);
    wrapped.states()[0] = 3.1f;
    wrapped.nextStates()[0] = -3.1f;
    MixtureStatistics statistics =
        MixtureStatistics.of(new MemoryReplay(wrapped, Transitions.none()), a, 1);
    assertThat(statistics.outputMean()[0]).isCloseTo((float) (2 * Math.PI - 6.2), within(1e-5f));
    assertThat(statistics.inputMean()[0]).isCloseTo((float) Math.sin(3.1), within(1e-6f));
    assertThat(statistics.inputMean()[1]).isCloseTo((float) Math.cos(3.1), within(1e-6f));
  }
}
