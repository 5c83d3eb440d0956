package org.planloop.dynamics;

/**
 * Rollouts of s_t+1 = A_t s_t + B_t a_t, in double, without noise; the step is the one that the
 * start holds and goes up by one. All particles of a plan are alike.
 */
final class TimeVaryingLinearModel extends NoiselessModel {
  private final ModelParameters.TimeVaryingLinear model;

  TimeVaryingLinearModel(ModelParameters.TimeVaryingLinear model) {
    super(model.stateSize(), model.actionSize());
    this.model = model;
  }

  @Override
  void step(double[] state, double[] action, double[] next) {
    int first = model.index(state[model.stepIndex()]) * state.length;
    for (int i = 0; i < state.length; i++) {
      int row = first + i;
      next[i] =
          plus(plus(0, model.stateMatrices(), row, state), model.actionMatrices(), row, action);
    }
    next[model.stepIndex()] = Math.rint(state[model.stepIndex()]) + 1;
  }
}
