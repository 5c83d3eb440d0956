package org.planloop.dynamics;

/**
 * Rollouts of s_t+1 = A_t s_t + B_t a_t, in double, without noise; the step is the one that the
 * start holds and goes up by one. All particles of a plan are alike.
 */
final class TimeVaryingLinearModel implements DynamicsModel {
  private final ModelParameters.TimeVaryingLinear model;

  TimeVaryingLinearModel(ModelParameters.TimeVaryingLinear model) {
    this.model = model;
  }

  @Override
  public int stateSize() {
    return model.stateSize();
  }

  @Override
  public int actionSize() {
    return model.actionSize();
  }

  @Override
  public Rollouts rollout(RolloutRequest request) {
    int stateSize = stateSize();
    int actionSize = actionSize();
    int floats = request.horizon() * stateSize;
    float[] states = new float[request.problems() * request.plans() * request.particles() * floats];
    double[] state = new double[stateSize];
    double[] action = new double[actionSize];
    double[] next = new double[stateSize];
    for (int plan = 0; plan < request.problems() * request.plans(); plan++) {
      int start = plan / request.plans() * stateSize;
      for (int i = 0; i < stateSize; i++) {
        state[i] = request.starts()[start + i];
      }
      int first = plan * request.particles() * floats;
      for (int t = 0; t < request.horizon(); t++) {
        for (int i = 0; i < actionSize; i++) {
          action[i] = request.actions()[(plan * request.horizon() + t) * actionSize + i];
        }
        step(state, action, next);
        for (int i = 0; i < stateSize; i++) {
          state[i] = next[i];
          states[first + t * stateSize + i] = (float) next[i];
        }
      }
      for (int k = 1; k < request.particles(); k++) {
        System.arraycopy(states, first, states, first + k * floats, floats);
      }
    }
    return new Rollouts(states, null, null);
  }

  private void step(double[] state, double[] action, double[] next) {
    int step = model.index(state[model.stepIndex()]);
    int rowA = step * state.length * state.length;
    int rowB = step * state.length * action.length;
    for (int i = 0; i < state.length; i++) {
      double sum = 0;
      for (double value : state) {
        sum += model.stateMatrices()[rowA++] * value;
      }
      for (double value : action) {
        sum += model.actionMatrices()[rowB++] * value;
      }
      next[i] = sum;
    }
    next[model.stepIndex()] = Math.rint(state[model.stepIndex()]) + 1;
  }

  @Override
  public void close() {}
}
