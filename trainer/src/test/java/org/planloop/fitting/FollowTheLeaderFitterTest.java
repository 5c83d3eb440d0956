package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;

class FollowTheLeaderFitterTest {
  private static final TransitionBatch NONE = rows();

  /** Deterministic models of one state and two actions that differ in where the actions lead. */
  private static final ModelParameters STAY_STAY = model(0, 0);

  private static final ModelParameters STAY_LEAVE = model(0, 1);
  private static final ModelParameters LEAVE_LEAVE = model(1, 1);

  private static ModelParameters model(int first, int second) {
    return ModelParameters.Tabular.deterministic(new int[][] {{first, second}, {1, 1}});
  }

  private static FollowTheLeaderFitter fitter() {
    Map<String, ModelParameters> models = new LinkedHashMap<>();
    models.put("stay-stay", STAY_STAY);
    models.put("stay-leave", STAY_LEAVE);
    models.put("leave-leave", LEAVE_LEAVE);
    return new FollowTheLeaderFitter(models);
  }

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

  private static Fitted fit(
      TransitionBatch expert, TransitionBatch learner, double fraction, ModelParameters previous) {
    return fitter()
        .fit(
            new MemoryReplay(expert, learner),
            fraction,
            Optional.ofNullable(previous),
            new RandomStream(0));
  }

  @Test
  void takesTheModelThatTheRowsDoNotContradict() {
    Fitted fitted = fit(NONE, rows(0, 0, 0, 0, 1, 1), 0, STAY_STAY);
    assertThat(fitted.model()).isSameAs(STAY_LEAVE);
    assertThat(fitted.lossLearner()).hasValue(0);
    assertThat(fitted.lossExpert()).isEmpty();
  }

  @Test
  void aTieKeepsTheIncumbentAmongTheLeadersElseTakesTheFirstListed() {
    TransitionBatch stayed = rows(0, 0, 0);
    assertThat(fit(NONE, stayed, 0, null).model()).isSameAs(STAY_STAY);
    // The incumbent may have travelled: it is known by its numbers.
    assertThat(fit(NONE, stayed, 0, model(0, 1)).model()).isSameAs(STAY_LEAVE);
    assertThat(fit(NONE, stayed, 0, LEAVE_LEAVE).model()).isSameAs(STAY_STAY);
  }

  @Test
  void sidesCountByTheirShareNotByTheirRows() {
    TransitionBatch left = rows(0, 0, 1);
    TransitionBatch stayedOften = rows(0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(fit(left, stayedOften, 0.6, null).model()).isSameAs(LEAVE_LEAVE);
    Fitted fitted = fit(left, stayedOften, 0.4, null);
    assertThat(fitted.model()).isSameAs(STAY_STAY);
    assertThat(fitted.lossExpert()).hasValue(1);
    assertThat(fitted.lossLearner()).hasValue(0);
    assertThat(fitted.mixExpert()).isEqualTo(0.4);
  }

  @Test
  void aStochasticModelLosesTheProbabilityOfBeingWrong() {
    ModelParameters.Tabular coin =
        new ModelParameters.Tabular(2, 1, new double[] {0.25, 0.75, 0, 1});
    Fitted fitted =
        new FollowTheLeaderFitter(Map.of("coin", coin))
            .fit(
                new MemoryReplay(NONE, rows(0, 0, 1, 0, 0, 0)),
                0,
                Optional.empty(),
                new RandomStream(0));
    assertThat(fitted.lossLearner().orElseThrow()).isCloseTo(0.5, within(1e-15));
  }

  @Test
  void anEmptySideAndForeignRowsAreErrors() {
    assertThatThrownBy(() -> fit(NONE, rows(0, 0, 0), 0.5, null))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("expert side");
    assertThatThrownBy(() -> fit(NONE, rows(0, 2, 0), 0, null))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("(0.0, 2.0, 0.0)");
  }

  @Test
  void aClassThatIsEmptyOrNotTabularIsRefused() {
    assertThatThrownBy(() -> new FollowTheLeaderFitter(Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("dynamics.kind = tabular");
    assertThatThrownBy(() -> new FollowTheLeaderFitter(Map.of("line", RidgeFitter.identity(1, 1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("line");
  }
}
