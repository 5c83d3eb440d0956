package org.planloop.environments.helicopter;

import java.util.List;

/**
 * Where a helicopter should be at each step of 0.05 s. After the last point the target rests there.
 *
 * @param points velocity (3) and position (3) in the world, body rates (3) and attitude quaternion
 *     (4), shape [H + 1][13]
 * @param headings yaw in radians of the axes that errors of velocity and position are seen in,
 *     shape [H + 1]; the target's own for a manoeuvre that turns with it, so that the same error
 *     looks the same all along, 0 for the world's
 */
record TargetTrajectory(double[][] points, double[] headings) {
  /** Offsets in a point. */
  static final int VELOCITY = 0;

  static final int POSITION = 3;
  static final int RATES = 6;
  static final int ATTITUDE = 9;
  static final int WIDTH = 13;

  TargetTrajectory {
    if (points.length == 0 || points.length != headings.length) {
      throw new IllegalArgumentException(
          "a trajectory needs points, and a heading for each: "
              + points.length
              + " and "
              + headings.length);
    }
    for (double[] point : List.of(points)) {
      if (point.length != WIDTH) {
        throw new IllegalArgumentException(
            "a point has " + WIDTH + " numbers, not " + point.length);
      }
    }
  }

  /** The last step that has a point of its own. */
  int last() {
    return points.length - 1;
  }

  /** Which point step {@code t} aims at. */
  int index(double t) {
    return (int) Math.min(last(), Math.max(0, Math.rint(t)));
  }
}
