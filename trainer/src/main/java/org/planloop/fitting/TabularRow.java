package org.planloop.fitting;

import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;

/**
 * A transition as indices into a table.
 *
 * @param pair index of (s, a), s times the number of actions plus a
 * @param next index of s'
 */
record TabularRow(int pair, int next) {
  /**
   * @throws FitException if the row's numbers are no indices of {@code model}
   */
  static TabularRow of(ModelParameters.Tabular model, TransitionBatch batch, int row) {
    float state = batch.states()[row];
    float action = batch.actions()[row];
    float next = batch.nextStates()[row];
    if (!index(state, model.states())
        || !index(action, model.actions())
        || !index(next, model.states())) {
      throw new FitException(
          "transition ("
              + state
              + ", "
              + action
              + ", "
              + next
              + ") does not fit a tabular model of "
              + model.states()
              + " states and "
              + model.actions()
              + " actions; it comes from another environment");
    }
    return new TabularRow(((int) state) * model.actions() + (int) action, (int) next);
  }

  /** P(s' | s, a). */
  double probability(ModelParameters.Tabular model) {
    return model.probabilities()[pair * model.states() + next];
  }

  private static boolean index(float value, int count) {
    return value >= 0 && value < count && value == Math.rint(value);
  }
}
