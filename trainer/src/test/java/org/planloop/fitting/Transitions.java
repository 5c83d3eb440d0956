package org.planloop.fitting;

import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;

/** Data for tests. */
final class Transitions {
  private Transitions() {}

  /** What a row's next state is. */
  interface Step {
    void write(float[] state, float[] action, float[] next);
  }

  /** States and actions standard normal around {@code center}; reward and flags zero. */
  static TransitionBatch random(int rows, int s, int a, double center, long seed, Step step) {
    RandomStream random = new RandomStream(seed);
    TransitionBatch batch = TransitionBatch.allocate(rows, s, a);
    float[] state = new float[s];
    float[] action = new float[a];
    float[] next = new float[s];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < s; i++) {
        state[i] = (float) (center + random.nextGaussian());
      }
      for (int i = 0; i < a; i++) {
        action[i] = (float) random.nextGaussian();
      }
      step.write(state, action, next);
      System.arraycopy(state, 0, batch.states(), row * s, s);
      System.arraycopy(action, 0, batch.actions(), row * a, a);
      System.arraycopy(next, 0, batch.nextStates(), row * s, s);
    }
    return batch;
  }

  /** A rotation with a push: linear, two states, one action. */
  static void linear(float[] state, float[] action, float[] next) {
    next[0] = 0.9f * state[0] + 0.3f * state[1];
    next[1] = -0.3f * state[0] + 0.8f * state[1] + 0.5f * action[0];
  }

  static TransitionBatch none() {
    return TransitionBatch.allocate(0, 2, 1);
  }
}
