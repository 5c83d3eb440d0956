package org.planloop.dynamics;

import org.jspecify.annotations.Nullable;
import org.planloop.data.RandomStream;

/**
 * Rollouts in a finite MDP; states and actions are indices. With sampled noise the next state is
 * drawn from its row by inverse distribution, one random number a step; without, the most likely
 * one follows, of equals the first.
 *
 * <p>A state or action that is no index of the table leads to NaN: the model knows nothing there.
 */
public final class TabularDynamicsModel implements DynamicsModel {
  private final ModelParameters.Tabular table;

  public TabularDynamicsModel(ModelParameters.Tabular table) {
    this.table = table;
  }

  @Override
  public int stateSize() {
    return 1;
  }

  @Override
  public int actionSize() {
    return 1;
  }

  @Override
  public Rollouts rollout(RolloutRequest request) {
    int horizon = request.horizon();
    int particles = request.particles();
    float[] states = new float[request.problems() * request.plans() * particles * horizon];
    int at = 0;
    for (int plan = 0; plan < request.problems() * request.plans(); plan++) {
      int problem = plan / request.plans();
      RandomStream random = request.sampledNoise() ? request.random()[problem] : null;
      for (int k = 0; k < particles; k++) {
        float state = request.starts()[problem];
        for (int t = 0; t < horizon; t++) {
          state = next(state, request.actions()[plan * horizon + t], random);
          states[at++] = state;
        }
      }
    }
    return new Rollouts(states, null, null);
  }

  private float next(float state, float action, @Nullable RandomStream random) {
    if (!index(state, table.states()) || !index(action, table.actions())) {
      return Float.NaN;
    }
    return random == null
        ? mostLikely((int) state, (int) action)
        : table.draw((int) state, (int) action, random);
  }

  private int mostLikely(int state, int action) {
    int best = 0;
    for (int next = 1; next < table.states(); next++) {
      if (table.probability(state, action, next) > table.probability(state, action, best)) {
        best = next;
      }
    }
    return best;
  }

  private static boolean index(float value, int count) {
    return value >= 0 && value < count && value == Math.rint(value);
  }

  @Override
  public void close() {}
}
