package org.planloop.dynamics;

/** Rollouts of s' = A s + B a, in double, without noise; all particles of a plan are alike. */
public final class LinearDynamicsModel implements DynamicsModel {
  private final ModelParameters.Linear model;

  public LinearDynamicsModel(ModelParameters.Linear model) {
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
    double[] next = new double[stateSize];
    for (int plan = 0; plan < request.problems() * request.plans(); plan++) {
      int start = plan / request.plans() * stateSize;
      for (int i = 0; i < stateSize; i++) {
        state[i] = request.starts()[start + i];
      }
      int first = plan * request.particles() * floats;
      for (int t = 0; t < request.horizon(); t++) {
        int action = (plan * request.horizon() + t) * actionSize;
        for (int i = 0; i < stateSize; i++) {
          double sum = 0;
          for (int j = 0; j < stateSize; j++) {
            sum += model.stateMatrix()[i * stateSize + j] * state[j];
          }
          for (int j = 0; j < actionSize; j++) {
            sum += model.actionMatrix()[i * actionSize + j] * request.actions()[action + j];
          }
          next[i] = sum;
          states[first + t * stateSize + i] = (float) sum;
        }
        System.arraycopy(next, 0, state, 0, stateSize);
      }
      for (int k = 1; k < request.particles(); k++) {
        System.arraycopy(states, first, states, first + k * floats, floats);
      }
    }
    return new Rollouts(states, null, null);
  }

  @Override
  public void close() {}
}
