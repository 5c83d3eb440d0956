package org.planloop.deploy.bench;

import java.util.Arrays;
import org.planloop.dynamics.ModelParameters;
import org.planloop.planning.TrajectoryDynamics;

/**
 * A linear system that changes with time and is made of sines, so that the peers' script makes the
 * same one; nearly every entry of its matrices counts.
 */
final class VaryingSystem implements TrajectoryDynamics {
  static final int STATES = 21;
  static final int ACTIONS = 4;
  static final int STEPS = 600;

  private final double[][] stateMatrices = new double[STEPS][STATES * STATES];
  private final double[][] actionMatrices = new double[STEPS][STATES * ACTIONS];

  VaryingSystem() {
    for (int t = 0; t < STEPS; t++) {
      double phase = 0.1 * t;
      for (int i = 0; i < STATES; i++) {
        for (int j = 0; j < STATES; j++) {
          stateMatrices[t][i * STATES + j] =
              (i == j ? 1 : 0) + 0.01 * Math.sin(1.0 + 7 * i + 3 * j + phase);
        }
        for (int j = 0; j < ACTIONS; j++) {
          actionMatrices[t][i * ACTIONS + j] = 0.1 * Math.cos(2.0 + 5 * i + 11 * j + phase);
        }
      }
    }
  }

  /** The first step's matrices. */
  ModelParameters.Linear first() {
    return new ModelParameters.Linear(STATES, ACTIONS, stateMatrices[0], actionMatrices[0]);
  }

  double[] stateWeights() {
    double[] weights = new double[STATES];
    Arrays.setAll(weights, i -> 1 + 0.05 * i);
    return weights;
  }

  double[] actionWeights() {
    double[] weights = new double[ACTIONS];
    Arrays.setAll(weights, i -> 0.5 + 0.1 * i);
    return weights;
  }

  double[] start() {
    double[] start = new double[STATES];
    Arrays.setAll(start, Math::cos);
    return start;
  }

  @Override
  public int stateSize() {
    return STATES;
  }

  @Override
  public int actionSize() {
    return ACTIONS;
  }

  @Override
  public void step(int t, double[] state, double[] action, double[] next) {
    for (int i = 0; i < STATES; i++) {
      double sum = 0;
      for (int j = 0; j < STATES; j++) {
        sum += stateMatrices[t][i * STATES + j] * state[j];
      }
      for (int j = 0; j < ACTIONS; j++) {
        sum += actionMatrices[t][i * ACTIONS + j] * action[j];
      }
      next[i] = sum;
    }
  }

  @Override
  public void linearize(int t, double[] state, double[] action, double[] a, double[] b) {
    System.arraycopy(stateMatrices[t], 0, a, 0, a.length);
    System.arraycopy(actionMatrices[t], 0, b, 0, b.length);
  }
}
