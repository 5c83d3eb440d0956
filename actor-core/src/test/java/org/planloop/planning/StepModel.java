package org.planloop.planning;

import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;

/** A model given as one step, for tests: every particle goes the same way. */
record StepModel(int stateSize, int actionSize, Step step) implements DynamicsModel {
  /** Writes s' of (s, a) into {@code next}. */
  interface Step {
    void apply(double[] state, double[] action, double[] next);
  }

  @Override
  public Rollouts rollout(RolloutRequest request) {
    int horizon = request.horizon();
    float[] states =
        new float[request.problems() * request.plans() * request.particles() * horizon * stateSize];
    double[] state = new double[stateSize];
    double[] action = new double[actionSize];
    double[] next = new double[stateSize];
    int at = 0;
    for (int plan = 0; plan < request.problems() * request.plans(); plan++) {
      for (int k = 0; k < request.particles(); k++) {
        for (int i = 0; i < stateSize; i++) {
          state[i] = request.starts()[plan / request.plans() * stateSize + i];
        }
        for (int t = 0; t < horizon; t++) {
          for (int i = 0; i < actionSize; i++) {
            action[i] = request.actions()[(plan * horizon + t) * actionSize + i];
          }
          step.apply(state, action, next);
          for (int i = 0; i < stateSize; i++) {
            state[i] = next[i];
            states[at++] = (float) next[i];
          }
        }
      }
    }
    return new Rollouts(states, null, null);
  }

  @Override
  public void close() {}
}
