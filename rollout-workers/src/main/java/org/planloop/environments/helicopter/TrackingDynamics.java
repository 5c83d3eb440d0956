package org.planloop.environments.helicopter;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * The aerobatic helicopter of {@link HoverDynamics} along a moving target.
 *
 * <p>Full state: that of the hovering helicopter, then the step. Observed is the error state (22)
 * about the target's point of this step: u - u* of hover (4), du (4), velocity (3) and position (3)
 * in axes turned by the target's heading, rates (3), the vector part of target^-1 * attitude (3), a
 * 1 that makes affine dynamics linear, and the step: the system changes with time, so time is part
 * of its state.
 *
 * @param body the helicopter: full states of {@link HoverDynamics}
 * @param target where it should be
 * @param start full state of the helicopter at step 0, shape [{@link HoverDynamics#QUEUE}]
 */
record TrackingDynamics(Simulator body, TargetTrajectory target, double[] start)
    implements Simulator {
  static final int ONE = 20;
  static final int TIME = 21;
  static final int OBSERVED = 22;

  /** Names of the observed dimensions. */
  static final String[] NAMES = {
    "aileron",
    "elevator",
    "rudder",
    "collective",
    "d_aileron",
    "d_elevator",
    "d_rudder",
    "d_collective",
    "v_ahead",
    "v_right",
    "v_down",
    "ahead",
    "right",
    "down",
    "p",
    "q",
    "r",
    "q_x",
    "q_y",
    "q_z",
    "one",
    "step#"
  };

  /** Starts at rest in hover's trim at the target's first point, with its heading. */
  static TrackingDynamics fromHover(Simulator body, TargetTrajectory target) {
    double[] start = new double[HoverDynamics.QUEUE];
    new HoverDynamics(0, 0).start(start, RandomStream.silent());
    double[] first = target.points()[0];
    System.arraycopy(first, TargetTrajectory.POSITION, start, HoverDynamics.POSITION, 3);
    // The target's attitude turned by the trim's roll.
    double[] trim = Arrays.copyOfRange(start, HoverDynamics.ATTITUDE, HoverDynamics.QUEUE);
    System.arraycopy(first, TargetTrajectory.ATTITUDE, start, HoverDynamics.ATTITUDE, 4);
    Attitude.compose(start, HoverDynamics.ATTITUDE, trim, 0);
    return new TrackingDynamics(body, target, start);
  }

  private int time() {
    return body.size();
  }

  @Override
  public int size() {
    return body.size() + 1;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    System.arraycopy(start, 0, full, 0, start.length);
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    body.step(full, action, random);
    full[time()]++;
  }

  @Override
  public void observe(double[] full, double[] state) {
    int t = target.index(full[time()]);
    double[] point = target.points()[t];
    double cos = Math.cos(target.headings()[t]);
    double sin = Math.sin(target.headings()[t]);
    for (int i = 0; i < 4; i++) {
      state[i] = full[HoverDynamics.CONTROLS + i] - HoverDynamics.trimControl(i);
      state[4 + i] = full[HoverDynamics.CHANGE + i];
    }
    turned(full, HoverDynamics.VELOCITY, point, TargetTrajectory.VELOCITY, cos, sin, state);
    turned(full, HoverDynamics.POSITION, point, TargetTrajectory.POSITION, cos, sin, state);
    for (int i = 0; i < 3; i++) {
      state[HoverDynamics.RATES + i] =
          full[HoverDynamics.RATES + i] - point[TargetTrajectory.RATES + i];
    }
    Attitude.difference(
        point, TargetTrajectory.ATTITUDE, full, HoverDynamics.ATTITUDE, state, ONE - 3);
    state[ONE] = 1;
    state[TIME] = full[time()];
  }

  /** The world vector at {@code at} less the target's, in the axes of the target's heading. */
  private static void turned(
      double[] full, int at, double[] point, int of, double cos, double sin, double[] state) {
    double north = full[at] - point[of];
    double east = full[at + 1] - point[of + 1];
    state[at] = cos * north + sin * east;
    state[at + 1] = cos * east - sin * north;
    state[at + 2] = full[at + 2] - point[of + 2];
  }

  /** The state of this error, with no command waiting. */
  @Override
  public void embed(double[] state, double[] full) {
    int t = target.index(state[TIME]);
    double[] point = target.points()[t];
    double cos = Math.cos(target.headings()[t]);
    double sin = Math.sin(target.headings()[t]);
    for (int i = 0; i < 4; i++) {
      full[HoverDynamics.CONTROLS + i] = HoverDynamics.trimControl(i) + state[i];
      full[HoverDynamics.CHANGE + i] = state[4 + i];
    }
    back(state, HoverDynamics.VELOCITY, point, TargetTrajectory.VELOCITY, cos, sin, full);
    back(state, HoverDynamics.POSITION, point, TargetTrajectory.POSITION, cos, sin, full);
    for (int i = 0; i < 3; i++) {
      full[HoverDynamics.RATES + i] =
          state[HoverDynamics.RATES + i] + point[TargetTrajectory.RATES + i];
    }
    System.arraycopy(point, TargetTrajectory.ATTITUDE, full, HoverDynamics.ATTITUDE, 4);
    Attitude.compose(full, HoverDynamics.ATTITUDE, state, ONE - 3);
    Arrays.fill(full, HoverDynamics.QUEUE, body.size(), 0);
    full[time()] = Math.rint(state[TIME]);
  }

  private static void back(
      double[] state, int at, double[] point, int of, double cos, double sin, double[] full) {
    full[at] = point[of] + cos * state[at] - sin * state[at + 1];
    full[at + 1] = point[of + 1] + sin * state[at] + cos * state[at + 1];
    full[at + 2] = point[of + 2] + state[at + 2];
  }

  /** Without noise and delay. */
  @Override
  public Simulator nominal() {
    return new TrackingDynamics(body.nominal(), target, start);
  }
}
