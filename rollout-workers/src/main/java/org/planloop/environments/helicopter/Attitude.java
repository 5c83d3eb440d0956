package org.planloop.environments.helicopter;

/**
 * Unit quaternions (x, y, z, w) that rotate body to world, held in a state vector at an offset.
 * World: north, east, down. Nothing here allocates.
 */
final class Attitude {
  private Attitude() {}

  /** The north component of the body vector (bx, by, bz). */
  static double north(double[] s, int q, double bx, double by, double bz) {
    return north(s[q], s[q + 1], s[q + 2], s[q + 3], bx, by, bz);
  }

  /** The north component of the body vector (bx, by, bz) under the attitude (x, y, z, w). */
  static double north(double x, double y, double z, double w, double bx, double by, double bz) {
    return (1 - 2 * (y * y + z * z)) * bx + 2 * (x * y - w * z) * by + 2 * (x * z + w * y) * bz;
  }

  /** The east component of the body vector (bx, by, bz). */
  static double east(double[] s, int q, double bx, double by, double bz) {
    return east(s[q], s[q + 1], s[q + 2], s[q + 3], bx, by, bz);
  }

  /** The east component of the body vector (bx, by, bz) under the attitude (x, y, z, w). */
  static double east(double x, double y, double z, double w, double bx, double by, double bz) {
    return 2 * (x * y + w * z) * bx + (1 - 2 * (x * x + z * z)) * by + 2 * (y * z - w * x) * bz;
  }

  /** The down component of the body vector (bx, by, bz). */
  static double down(double[] s, int q, double bx, double by, double bz) {
    return down(s[q], s[q + 1], s[q + 2], s[q + 3], bx, by, bz);
  }

  /** The down component of the body vector (bx, by, bz) under the attitude (x, y, z, w). */
  static double down(double x, double y, double z, double w, double bx, double by, double bz) {
    return 2 * (x * z - w * y) * bx + 2 * (y * z + w * x) * by + (1 - 2 * (x * x + y * y)) * bz;
  }

  /** The forward component of the world vector (n, e, d). */
  static double forward(double[] s, int q, double n, double e, double d) {
    return north(-s[q], -s[q + 1], -s[q + 2], s[q + 3], n, e, d);
  }

  /** The rightward component of the world vector (n, e, d). */
  static double right(double[] s, int q, double n, double e, double d) {
    return east(-s[q], -s[q + 1], -s[q + 2], s[q + 3], n, e, d);
  }

  /** The component of the world vector (n, e, d) along the body's z axis, down when level. */
  static double below(double[] s, int q, double n, double e, double d) {
    return down(-s[q], -s[q + 1], -s[q + 2], s[q + 3], n, e, d);
  }

  /** q := q * exp(rotation), the rotation vector (rx, ry, rz) in radians in the body frame. */
  static void turn(double[] s, int q, double rx, double ry, double rz) {
    double angle = Math.sqrt(rx * rx + ry * ry + rz * rz);
    double half = angle / 2;
    // sin(half) / angle, whose limit for a vanishing angle is one half.
    double scale = angle < 1e-9 ? 0.5 : Math.sin(half) / angle;
    multiply(s, q, scale * rx, scale * ry, scale * rz, Math.cos(half));
  }

  /** q := q * (x, y, z, w). */
  private static void multiply(double[] s, int q, double x, double y, double z, double w) {
    double ax = s[q];
    double ay = s[q + 1];
    double az = s[q + 2];
    double aw = s[q + 3];
    s[q] = aw * x + ax * w + ay * z - az * y;
    s[q + 1] = aw * y - ax * z + ay * w + az * x;
    s[q + 2] = aw * z + ax * y - ay * x + az * w;
    s[q + 3] = aw * w - ax * x - ay * y - az * z;
  }

  /**
   * The vector part of a^-1 * b into {@code vector} at {@code to}, for a scalar part w >= 0: q and
   * -q are the same attitude.
   */
  static void difference(double[] a, int from, double[] b, int q, double[] vector, int to) {
    double x = -a[from];
    double y = -a[from + 1];
    double z = -a[from + 2];
    double w = a[from + 3];
    double sign = w * b[q + 3] - x * b[q] - y * b[q + 1] - z * b[q + 2] < 0 ? -1 : 1;
    vector[to] = sign * (w * b[q] + x * b[q + 3] + y * b[q + 2] - z * b[q + 1]);
    vector[to + 1] = sign * (w * b[q + 1] - x * b[q + 2] + y * b[q + 3] + z * b[q]);
    vector[to + 2] = sign * (w * b[q + 2] + x * b[q + 1] - y * b[q] + z * b[q + 3]);
  }

  /**
   * The scalar part w >= 0 that goes with the vector part at {@code at}; 0 where that is too long.
   */
  static double scalar(double[] s, int at) {
    return Math.sqrt(
        Math.max(0, 1 - s[at] * s[at] - s[at + 1] * s[at + 1] - s[at + 2] * s[at + 2]));
  }

  /**
   * q := q * r, where r is the unit quaternion with the vector part at {@code from} and a scalar
   * part w >= 0; a vector part that is too long is shortened.
   */
  static void compose(double[] s, int q, double[] vector, int from) {
    multiply(s, q, vector[from], vector[from + 1], vector[from + 2], scalar(vector, from));
    double square = 0;
    for (int i = 0; i < 4; i++) {
      square += s[q + i] * s[q + i];
    }
    for (int i = 0; i < 4; i++) {
      s[q + i] /= Math.sqrt(square);
    }
  }
}
