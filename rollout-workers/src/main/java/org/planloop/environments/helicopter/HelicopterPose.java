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

  /** Metres between two positions. */
  public double distance(HelicopterPose other) {
    double n = north - other.north;
    double e = east - other.east;
    double d = down - other.down;
    return Math.sqrt(n * n + e * e + d * d);
  }
}
