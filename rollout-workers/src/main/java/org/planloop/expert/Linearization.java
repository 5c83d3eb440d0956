package org.planloop.expert;

import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Simulator;

/** The linear model of a simulator about an equilibrium, by central differences. */
public final class Linearization {
  private static final double STATE_STEP = 0.01;
  private static final double ACTION_STEP = 1;

  private Linearization() {}

  /**
   * Linearises about the observed state 0 under the action 0, which must be an equilibrium: error
   * coordinates. Steps of 0.01 on states and 1 on actions; process noise is the same on both sides
   * of a difference and so cancels.
   *
   * @param simulator must be able to embed an observed state
   */
  public static ModelParameters.Linear aboutZero(
      Simulator simulator, int stateSize, int actionSize) {
    double[] stateMatrix = new double[stateSize * stateSize];
    double[] actionMatrix = new double[stateSize * actionSize];
    double[] state = new double[stateSize];
    double[] action = new double[actionSize];
    for (int column = 0; column < stateSize; column++) {
      state[column] = STATE_STEP;
      double[] above = step(simulator, state, action);
      state[column] = -STATE_STEP;
      double[] below = step(simulator, state, action);
      state[column] = 0;
      for (int row = 0; row < stateSize; row++) {
        stateMatrix[row * stateSize + column] = (above[row] - below[row]) / (2 * STATE_STEP);
      }
    }
    for (int column = 0; column < actionSize; column++) {
      action[column] = ACTION_STEP;
      double[] above = step(simulator, state, action);
      action[column] = -ACTION_STEP;
      double[] below = step(simulator, state, action);
      action[column] = 0;
      for (int row = 0; row < stateSize; row++) {
        actionMatrix[row * actionSize + column] = (above[row] - below[row]) / (2 * ACTION_STEP);
      }
    }
    return new ModelParameters.Linear(stateSize, actionSize, stateMatrix, actionMatrix);
  }

  private static double[] step(Simulator simulator, double[] state, double[] action) {
    double[] full = new double[simulator.size()];
    simulator.embed(state, full);
    simulator.step(full, action, new RandomStream(0));
    double[] next = new double[state.length];
    simulator.observe(full, next);
    return next;
  }
}
