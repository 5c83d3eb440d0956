package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;

class CountingFitterTest {
  private static final TransitionBatch NONE = rows();

  /** Two states, two actions; whatever is done leads to state 1. */
  private static final ModelParameters.Tabular LEAVES =
      ModelParameters.Tabular.deterministic(new int[][] {{1, 1}, {1, 1}});

  /** Rows of (s, a, s'). */
  private static TransitionBatch rows(float... values) {
    TransitionBatch batch = TransitionBatch.allocate(values.length / 3, 1, 1);
    for (int row = 0; row < batch.size(); row++) {
      batch.states()[row] = values[row * 3];
      batch.actions()[row] = values[row * 3 + 1];
      batch.nextStates()[row] = values[row * 3 + 2];
    }
    return batch;
  }

  private static Fitted fit(TransitionBatch expert, TransitionBatch learner, double fraction) {
    return new CountingFitter(LEAVES)
        .fit(new MemoryReplay(expert, learner), fraction, Optional.empty(), new RandomStream(0));
  }

  private static double probability(Fitted fitted, int state, int action, int next) {
    return ((ModelParameters.Tabular) fitted.model()).probability(state, action, next);
  }

  @Test
  void whatWasTriedIsCountedAndTheRestIsCompleted() {
    Fitted fitted = fit(NONE, rows(0, 0, 0, 0, 0, 0, 0, 0, 1), 0);
    assertThat(probability(fitted, 0, 0, 0)).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(probability(fitted, 0, 0, 1)).isCloseTo(1 / 3.0, within(1e-15));
    assertThat(probability(fitted, 0, 1, 1)).isEqualTo(1);
    assertThat(fitted.metrics()).containsEntry("train/pairs_tried", 1.0);
    assertThat(fitted.lossLearner().orElseThrow()).isCloseTo(4 / 9.0, within(1e-15));
    assertThat(fitted.lossExpert()).isEmpty();
  }

  @Test
  void sidesCountByTheirShareNotByTheirRows() {
    TransitionBatch left = rows(0, 0, 1);
    TransitionBatch stayedOften = rows(0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(probability(fit(left, stayedOften, 0.25), 0, 0, 1)).isCloseTo(0.25, within(1e-15));
  }

  @Test
  void aSideWithoutShareIsNotCounted() {
    Fitted fitted = fit(rows(0, 0, 0), rows(0, 1, 0), 1);
    assertThat(probability(fitted, 0, 0, 0)).isEqualTo(1);
    assertThat(probability(fitted, 0, 1, 1)).isEqualTo(1);
    assertThat(fitted.lossExpert()).hasValue(0);
    assertThat(fitted.lossLearner()).hasValue(1);
  }

  @Test
  void anEmptySideAndForeignRowsAreErrors() {
    assertThatThrownBy(() -> fit(NONE, rows(0, 0, 0), 0.5))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("expert side");
    assertThatThrownBy(() -> fit(NONE, rows(0, 0, 2), 0))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("(0.0, 0.0, 2.0)");
  }
}
