package org.planloop.environments.helicopter;

import org.planloop.environment.Environment;
import org.planloop.environment.Simulator;

/**
 * Where a helicopter is in the world and how it is turned: for pictures and for what a manoeuvre is
 * measured by.
 *
 * @param north metres
 * @param east metres
 * @param down metres
 * @param x first part of the unit quaternion that rotates body to world
 * @param y second part
 * @param z third part
 * @param w scalar part
 */
public record HelicopterPose(
    double north, double east, double down, double x, double y, double z, double w) {
  /**
   * The pose that an observed state of {@code helicopter-hover} or of a manoeuvre stands for.
   *
   * @param state shape [S], an error about the target
   */
  public static HelicopterPose of(Environment environment, double[] state) {
    Simulator simulator = environment.simulator().orElseThrow();
    double[] full = new double[simulator.size()];
    simulator.embed(state, full);
    return at(full, HoverDynamics.POSITION, HoverDynamics.ATTITUDE);
  }

  /** The pose of the target of a manoeuvre at a step. */
  public static HelicopterPose target(Environment environment, int step) {
    double[] state = new double[TrackingDynamics.OBSERVED];
    state[TrackingDynamics.ONE] = 1;
    state[TrackingDynamics.TIME] = step;
    return of(environment, state);
  }

  static HelicopterPose at(double[] values, int position, int attitude) {
    return new HelicopterPose(
        values[position],
        values[position + 1],
        values[position + 2],
        values[attitude],
        values[attitude + 1],
        values[attitude + 2],
        values[attitude + 3]);
  }

  /**
   * A point of the body in the world.
   *
   * @param ahead metres
   * @param right metres
   * @param below metres
   * @return north, east, down
   */
  public double[] world(double ahead, double right, double below) {
    return new double[] {
      north + Attitude.north(x, y, z, w, ahead, right, below),
      east + Attitude.east(x, y, z, w, ahead, right, below),
      down + Attitude.down(x, y, z, w, ahead, right, below)
    };
  }

  /** The same place, turned by a rotation vector in radians in the body's axes. */
  public HelicopterPose turned(double aboutX, double aboutY, double aboutZ) {
    double[] q = {x, y, z, w};
    Attitude.turn(q, 0, aboutX, aboutY, aboutZ);
    return new HelicopterPose(north, east, down, q[0], q[1], q[2], q[3]);
  }

  /**
   * Position and quaternion as seven numbers, of the two quaternions of an attitude the one that is
   * nearer.
   *
   * @param before coordinates of the pose before, shape [7]
   */
  public double[] continuing(double[] before) {
    double sign = x * before[3] + y * before[4] + z * before[5] + w * before[6] < 0 ? -1 : 1;
    return new double[] {north, east, down, sign * x, sign * y, sign * z, sign * w};
  }

  /** The pose of seven coordinates, the quaternion made a unit. */
  public static HelicopterPose ofCoordinates(double[] at) {
    double length = Math.sqrt(at[3] * at[3] + at[4] * at[4] + at[5] * at[5] + at[6] * at[6]);
    return new HelicopterPose(
        at[0], at[1], at[2], at[3] / length, at[4] / length, at[5] / length, at[6] / length);
  }

  /** The angle between two attitudes, in radians from 0 to pi. */
  public double angle(HelicopterPose other) {
    double cosine = Math.abs(x * other.x + y * other.y + z * other.z + w * other.w);
    return 2 * Math.acos(Math.min(1, cosine));
  }

  /** Metres between two positions. */
  public double distance(HelicopterPose other) {
    double n = north - other.north;
    double e = east - other.east;
    double d = down - other.down;
    return Math.sqrt(n * n + e * e + d * d);
  }
}
