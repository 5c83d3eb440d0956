package org.planloop.environments.helicopter;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * The helicopter of the RL Competition 2008 about hover: control steps of 0.1 s, each ten Euler
 * steps.
 *
 * <p>Full state: velocity (3) and position (3) in the world (north, east, down), body rates (3),
 * attitude quaternion (4), gust (6: three accelerations, three angular accelerations). Observed
 * (12) are velocity and position in the body frame, rates, and the vector part of the attitude; the
 * gust is hidden. Actions: aileron, elevator, rudder, collective.
 *
 * @param gusts whether the air is turbulent
 * @param windNorth wind in units of 5 m/s
 * @param windEast wind in units of 5 m/s
 */
record CompetitionDynamics(boolean gusts, double windNorth, double windEast) implements Simulator {
  static final int OBSERVED = 12;

  /** Offsets in the full state. */
  static final int VELOCITY = 0;

  static final int POSITION = 3;
  static final int RATES = 6;
  static final int ATTITUDE = 9;
  static final int GUST = 13;
  static final int SIZE = 19;

  private static final int SUBSTEPS = 10;
  private static final double STEP = 0.01;
  private static final double GRAVITY = 9.81;
  private static final double WIND_SPEED = 5;

  private static final double GUST_MEMORY = 0.8;
  private static final double GUST_GAIN = 2 * (1 - GUST_MEMORY);
  private static final double[] GUST_STD = {0.1941, 0.2975, 0.6058, 0.1508, 0.2492, 0.0734};

  /** Body accelerations: drag (1/s), offset (m/s^2), lift of the collective. */
  private static final double DRAG_X = -0.18;

  private static final double DRAG_Y = -0.43;
  private static final double OFFSET_Y = -0.54;
  private static final double DRAG_Z = -0.49;
  private static final double LIFT = -42.15;

  /** Body angular accelerations: damping (1/s) and gain of the control. */
  private static final double DAMPING_P = -12.78;

  private static final double GAIN_P = 33.04;
  private static final double DAMPING_Q = -10.12;
  private static final double GAIN_Q = -33.32;
  private static final double DAMPING_R = -8.16;
  private static final double GAIN_R = 70.54;

  @Override
  public int size() {
    return SIZE;
  }

  /** At rest, level, in still air. */
  @Override
  public void start(double[] full, RandomStream random) {
    full[ATTITUDE + 3] = 1;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    if (gusts) {
      for (int i = 0; i < 6; i++) {
        full[GUST + i] =
            GUST_MEMORY * full[GUST + i] + GUST_GAIN * GUST_STD[i] * random.nextGaussian();
      }
    }
    for (int i = 0; i < SUBSTEPS; i++) {
      substep(full, action);
    }
  }

  private void substep(double[] full, double[] action) {
    double vn = full[VELOCITY];
    double ve = full[VELOCITY + 1];
    double vd = full[VELOCITY + 2];
    double p = full[RATES];
    double q = full[RATES + 1];
    double r = full[RATES + 2];
    double airNorth = vn + WIND_SPEED * windNorth;
    double airEast = ve + WIND_SPEED * windEast;
    double ax = DRAG_X * Attitude.forward(full, ATTITUDE, airNorth, airEast, vd) + full[GUST];
    double ay =
        DRAG_Y * Attitude.right(full, ATTITUDE, airNorth, airEast, vd) + OFFSET_Y + full[GUST + 1];
    // The wind's part along the body's z axis is left out by the original.
    double az =
        DRAG_Z * Attitude.below(full, ATTITUDE, vn, ve, vd) + LIFT * action[3] + full[GUST + 2];
    full[VELOCITY] += STEP * Attitude.north(full, ATTITUDE, ax, ay, az);
    full[VELOCITY + 1] += STEP * Attitude.east(full, ATTITUDE, ax, ay, az);
    full[VELOCITY + 2] += STEP * (Attitude.down(full, ATTITUDE, ax, ay, az) + GRAVITY);
    full[POSITION] += STEP * vn;
    full[POSITION + 1] += STEP * ve;
    full[POSITION + 2] += STEP * vd;
    Attitude.turn(full, ATTITUDE, STEP * p, STEP * q, STEP * r);
    full[RATES] += STEP * (DAMPING_P * p + GAIN_P * action[0] + full[GUST + 3]);
    full[RATES + 1] += STEP * (DAMPING_Q * q + GAIN_Q * action[1] + full[GUST + 4]);
    full[RATES + 2] += STEP * (DAMPING_R * r + GAIN_R * action[2] + full[GUST + 5]);
  }

  @Override
  public void observe(double[] full, double[] state) {
    toBody(full, VELOCITY, state);
    toBody(full, POSITION, state);
    System.arraycopy(full, RATES, state, RATES, 3);
    // q and -q are the same attitude; the observed half has w >= 0.
    double sign = full[ATTITUDE + 3] < 0 ? -1 : 1;
    for (int i = 0; i < 3; i++) {
      state[ATTITUDE + i] = sign * full[ATTITUDE + i];
    }
  }

  private static void toBody(double[] full, int at, double[] state) {
    double n = full[at];
    double e = full[at + 1];
    double d = full[at + 2];
    state[at] = Attitude.forward(full, ATTITUDE, n, e, d);
    state[at + 1] = Attitude.right(full, ATTITUDE, n, e, d);
    state[at + 2] = Attitude.below(full, ATTITUDE, n, e, d);
  }

  /** The state that is observed like this, in air that is still so far. */
  @Override
  public void embed(double[] state, double[] full) {
    Arrays.fill(full, ATTITUDE, ATTITUDE + 3, 0);
    full[ATTITUDE + 3] = 1;
    Attitude.compose(full, ATTITUDE, state, ATTITUDE);
    toWorld(state, VELOCITY, full);
    toWorld(state, POSITION, full);
    System.arraycopy(state, RATES, full, RATES, 3);
    Arrays.fill(full, GUST, SIZE, 0);
  }

  private static void toWorld(double[] state, int at, double[] full) {
    double x = state[at];
    double y = state[at + 1];
    double z = state[at + 2];
    full[at] = Attitude.north(full, ATTITUDE, x, y, z);
    full[at + 1] = Attitude.east(full, ATTITUDE, x, y, z);
    full[at + 2] = Attitude.down(full, ATTITUDE, x, y, z);
  }

  /** Without gusts and wind. */
  @Override
  public Simulator nominal() {
    return new CompetitionDynamics(false, 0, 0);
  }
}
