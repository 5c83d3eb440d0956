package org.planloop.environments.helicopter;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * The aerobatic helicopter of Abbeel (the domain of Ross and Bagnell 2012) about hover, in steps of
 * 0.05 s.
 *
 * <p>Full state: the applied controls u (4), their last change (4), velocity (3) and position (3)
 * in the world (north, east, down), body rates (3), attitude quaternion (4), then the commanded
 * changes that wait for their turn (4 for each step of delay), oldest first. An action is the
 * commanded change du of the controls.
 *
 * <p>Observed is the error state (21) about the trim of hover: u - u* (4), du (4), velocity (3),
 * position (3), rates (3), the vector part of trim^-1 * attitude (3), and a 1 that makes affine
 * dynamics linear.
 *
 * @param sigma standard deviation of the force (N) and torque (N m) on each axis and step
 * @param delay steps by which a command takes effect later
 */
record HoverDynamics(double sigma, int delay) implements Simulator {
  static final double STEP = 0.05;
  static final int OBSERVED = 21;

  /** Offsets in the full state. */
  static final int CONTROLS = 0;

  static final int CHANGE = 4;
  static final int VELOCITY = 8;
  static final int POSITION = 11;
  static final int RATES = 14;
  static final int ATTITUDE = 17;
  static final int QUEUE = 21;

  private static final double GRAVITY = 9.81;
  private static final double MASS = 5;
  private static final double INERTIA = 0.3;

  /** Body accelerations: offset (m/s^2), drag (1/s), lift of the collective. */
  private static final double DRAG_X = -0.048;

  private static final double OFFSET_Y = -0.57;
  private static final double DRAG_Y = -0.12;
  private static final double OFFSET_Z = 1.21;
  private static final double DRAG_Z = -0.0005;
  private static final double LIFT = -27.5;

  /** Body angular accelerations: offset (rad/s^2), damping (1/s), gain of the control. */
  private static final double OFFSET_P = -0.086;

  private static final double DAMPING_P = -3.47;
  private static final double GAIN_P = 13.20;
  private static final double OFFSET_Q = 0.015;
  private static final double DAMPING_Q = -3.06;
  private static final double GAIN_Q = -9.21;
  private static final double OFFSET_R = -0.139;
  private static final double DAMPING_R = -2.58;
  private static final double GAIN_R = 14.84;

  /** In hover, gravity's pull to the side holds the tail rotor's push. */
  static final double TRIM_ROLL = Math.asin(-OFFSET_Y / GRAVITY);

  private static final double TRIM_X = Math.sin(TRIM_ROLL / 2);
  private static final double TRIM_W = Math.cos(TRIM_ROLL / 2);
  private static final double[] TRIM = {
    -OFFSET_P / GAIN_P,
    -OFFSET_Q / GAIN_Q,
    -OFFSET_R / GAIN_R,
    -(OFFSET_Z + GRAVITY * Math.cos(TRIM_ROLL)) / LIFT
  };

  /** The controls of hover without wind: aileron, elevator, rudder, collective. */
  static double[] trimControls() {
    return TRIM.clone();
  }

  /** One of {@link #trimControls}. */
  static double trimControl(int i) {
    return TRIM[i];
  }

  @Override
  public int size() {
    return QUEUE + 4 * delay;
  }

  /** At rest in trim. */
  @Override
  public void start(double[] full, RandomStream random) {
    System.arraycopy(TRIM, 0, full, CONTROLS, 4);
    full[ATTITUDE] = TRIM_X;
    full[ATTITUDE + 3] = TRIM_W;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    command(full, action);
    for (int i = 0; i < 4; i++) {
      full[CONTROLS + i] += full[CHANGE + i];
    }
    double vn = full[VELOCITY];
    double ve = full[VELOCITY + 1];
    double vd = full[VELOCITY + 2];
    double p = full[RATES];
    double q = full[RATES + 1];
    double r = full[RATES + 2];
    accelerate(full, vn, ve, vd, random);
    spin(full, p, q, r, random);
    full[POSITION] += STEP * vn;
    full[POSITION + 1] += STEP * ve;
    full[POSITION + 2] += STEP * vd;
    Attitude.turn(full, ATTITUDE, STEP * p, STEP * q, STEP * r);
  }

  /** Queues the commanded change and makes the one whose turn it is the applied one. */
  private void command(double[] full, double[] action) {
    if (delay == 0) {
      System.arraycopy(action, 0, full, CHANGE, 4);
      return;
    }
    System.arraycopy(full, QUEUE, full, CHANGE, 4);
    System.arraycopy(full, QUEUE + 4, full, QUEUE, 4 * (delay - 1));
    System.arraycopy(action, 0, full, QUEUE + 4 * (delay - 1), 4);
  }

  private void accelerate(double[] full, double vn, double ve, double vd, RandomStream random) {
    double ax = DRAG_X * Attitude.forward(full, ATTITUDE, vn, ve, vd);
    double ay = OFFSET_Y + DRAG_Y * Attitude.right(full, ATTITUDE, vn, ve, vd);
    double az =
        OFFSET_Z + DRAG_Z * Attitude.below(full, ATTITUDE, vn, ve, vd) + LIFT * full[CONTROLS + 3];
    full[VELOCITY] =
        vn + STEP * (Attitude.north(full, ATTITUDE, ax, ay, az) + noise(random) / MASS);
    full[VELOCITY + 1] =
        ve + STEP * (Attitude.east(full, ATTITUDE, ax, ay, az) + noise(random) / MASS);
    full[VELOCITY + 2] =
        vd + STEP * (Attitude.down(full, ATTITUDE, ax, ay, az) + GRAVITY + noise(random) / MASS);
  }

  private void spin(double[] full, double p, double q, double r, RandomStream random) {
    double rolling = OFFSET_P + DAMPING_P * p + GAIN_P * full[CONTROLS];
    double pitching = OFFSET_Q + DAMPING_Q * q + GAIN_Q * full[CONTROLS + 1];
    double yawing = OFFSET_R + DAMPING_R * r + GAIN_R * full[CONTROLS + 2];
    full[RATES] = p + STEP * (rolling + noise(random) / INERTIA);
    full[RATES + 1] = q + STEP * (pitching + noise(random) / INERTIA);
    full[RATES + 2] = r + STEP * (yawing + noise(random) / INERTIA);
  }

  private double noise(RandomStream random) {
    return sigma == 0 ? 0 : sigma * random.nextGaussian();
  }

  @Override
  public void observe(double[] full, double[] state) {
    for (int i = 0; i < 4; i++) {
      state[i] = full[CONTROLS + i] - TRIM[i];
    }
    System.arraycopy(full, CHANGE, state, CHANGE, ATTITUDE - CHANGE);
    double x = full[ATTITUDE];
    double y = full[ATTITUDE + 1];
    double z = full[ATTITUDE + 2];
    double w = full[ATTITUDE + 3];
    // trim^-1 * attitude with trim = (TRIM_X, 0, 0, TRIM_W); q and -q are the same attitude.
    double sign = TRIM_W * w + TRIM_X * x < 0 ? -1 : 1;
    state[ATTITUDE] = sign * (TRIM_W * x - TRIM_X * w);
    state[ATTITUDE + 1] = sign * (TRIM_W * y + TRIM_X * z);
    state[ATTITUDE + 2] = sign * (TRIM_W * z - TRIM_X * y);
    state[OBSERVED - 1] = 1;
  }

  /** The state of this error, with no command waiting. */
  @Override
  public void embed(double[] state, double[] full) {
    for (int i = 0; i < 4; i++) {
      full[CONTROLS + i] = TRIM[i] + state[i];
    }
    System.arraycopy(state, CHANGE, full, CHANGE, ATTITUDE - CHANGE);
    full[ATTITUDE] = TRIM_X;
    full[ATTITUDE + 1] = 0;
    full[ATTITUDE + 2] = 0;
    full[ATTITUDE + 3] = TRIM_W;
    Attitude.compose(full, ATTITUDE, state, ATTITUDE);
    Arrays.fill(full, QUEUE, full.length, 0);
  }

  /** Without noise and delay. */
  @Override
  public Simulator nominal() {
    return new HoverDynamics(0, 0);
  }
}
