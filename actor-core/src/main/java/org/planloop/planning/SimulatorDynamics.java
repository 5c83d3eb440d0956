package org.planloop.planning;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * The observed state of a simulator as dynamics of a trajectory: embed, step without noise,
 * observe. Jacobians by central differences. A system that changes with time has its step in its
 * state.
 */
public final class SimulatorDynamics implements TrajectoryDynamics {
  private static final double STATE_DIFFERENCE = 0.01;
  private static final double ACTION_DIFFERENCE = 0.01;

  private final Simulator simulator;
  private final RandomStream noNoise = RandomStream.silent();
  private final double[] full;
  private final double[] state;
  private final double[] action;
  private final double[] above;
  private final double[] below;

  /**
   * @param simulator must be able to embed an observed state
   */
  public SimulatorDynamics(Simulator simulator, int stateSize, int actionSize) {
    this.simulator = simulator;
    this.full = new double[simulator.size()];
    this.state = new double[stateSize];
    this.action = new double[actionSize];
    this.above = new double[stateSize];
    this.below = new double[stateSize];
  }

  @Override
  public int stateSize() {
    return state.length;
  }

  @Override
  public int actionSize() {
    return action.length;
  }

  @Override
  public void step(int t, double[] from, double[] command, double[] next) {
    Arrays.fill(full, 0);
    simulator.embed(from, full);
    simulator.step(full, command, noNoise);
    simulator.observe(full, next);
  }

  @Override
  public void linearize(int t, double[] from, double[] command, double[] a, double[] b) {
    System.arraycopy(from, 0, state, 0, state.length);
    System.arraycopy(command, 0, action, 0, action.length);
    differences(t, state, STATE_DIFFERENCE, a);
    differences(t, action, ACTION_DIFFERENCE, b);
  }

  /** Varies each entry of {@code varied}, which is {@link #state} or {@link #action}. */
  private void differences(int t, double[] varied, double difference, double[] jacobian) {
    for (int column = 0; column < varied.length; column++) {
      double value = varied[column];
      varied[column] = value + difference;
      step(t, state, action, above);
      varied[column] = value - difference;
      step(t, state, action, below);
      varied[column] = value;
      for (int row = 0; row < above.length; row++) {
        jacobian[row * varied.length + column] = (above[row] - below[row]) / (2 * difference);
      }
    }
  }
}
