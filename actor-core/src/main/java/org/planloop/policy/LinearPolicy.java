package org.planloop.policy;

import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;

/**
 * a = -K s, clipped; K may change from step to step. The step is read from the state where the
 * state holds it, else counted.
 */
final class LinearPolicy implements Policy {
  private final double[] gains;
  private final int hold;
  private final int stateSize;
  private final int stepIndex;
  private final ActionSpace space;

  /**
   * @param gains shape [H, A, S]; H = 1 for one gain for ever
   * @param hold steps for which the first gain is used before its turn
   */
  LinearPolicy(double[] gains, int hold, Environment environment) {
    this.gains = gains;
    this.hold = hold;
    this.stateSize = environment.states().size();
    this.stepIndex = environment.states().step().orElse(-1);
    this.space = environment.actions();
  }

  @Override
  public Session begin(RandomStream[] random) {
    return new Episodes(random.length);
  }

  private final class Episodes implements Session {
    private final int[] steps;

    Episodes(int count) {
      steps = new int[count];
    }

    @Override
    public void act(boolean[] active, double[] states, double[] actions) {
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          int from = g * stateSize;
          int step = stepIndex < 0 ? steps[g]++ : (int) Math.rint(states[from + stepIndex]);
          feedback(step, states, from, actions, g * space.size());
        }
      }
    }

    @Override
    public void skip(int slot) {
      steps[slot]++;
    }
  }

  private void feedback(int step, double[] states, int from, double[] actions, int to) {
    int actionSize = space.size();
    int last = gains.length / (actionSize * stateSize) - 1;
    int row = Math.min(last, Math.max(0, step - hold)) * actionSize * stateSize;
    for (int i = 0; i < actionSize; i++) {
      double sum = 0;
      for (int j = 0; j < stateSize; j++) {
        sum += gains[row++] * states[from + j];
      }
      actions[to + i] = -sum;
    }
    space.clip(actions, to);
  }
}
