package org.planloop.dynamics;

/** Rollouts step by step, in double, without noise: all particles of a plan are alike. */
abstract class NoiselessModel implements DynamicsModel {
  private final int stateSize;
  private final int actionSize;

  NoiselessModel(int stateSize, int actionSize) {
    this.stateSize = stateSize;
    this.actionSize = actionSize;
  }

  /**
   * @param state s, shape [S]
   * @param action a, shape [A]
   * @param next result: s', shape [S]
   */
  abstract void step(double[] state, double[] action, double[] next);

  @Override
  public final int stateSize() {
    return stateSize;
  }

  @Override
  public final int actionSize() {
    return actionSize;
  }

  @Override
  public final Rollouts rollout(RolloutRequest request) {
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

  /** {@code sum} and, one after the other, the products of a matrix's row with {@code values}. */
  static double plus(double sum, double[] matrix, int row, double[] values) {
    double result = sum;
    int at = row * values.length;
    for (double value : values) {
      result += matrix[at++] * value;
    }
    return result;
  }

  @Override
  public final void close() {}
}
