package org.planloop.fitting;

/**
 * Kalman filter and Rauch-Tung-Striebel smoother of one coordinate of a path: value and slope, x' =
 * x + v, v' = v + N(0, q), seen as y = x + N(0, r) with an r of each step's own. Nothing is known
 * of the first value beyond its observation, and of the first slope a variance. What comes out is
 * the mean and the variance of the whole path given all observations.
 */
final class PathSmoother {
  private final int steps;

  /** E x_t, shape [T]. */
  final double[] mean;

  /** E v_t, the slope, a step. */
  final double[] slope;

  /** Var x_t. */
  final double[] variance;

  /** E (v_t+1 - v_t)^2 over the path: what q most likely is, given this one (EM). */
  final double slopeChange;

  /**
   * @param observed y, shape [T]
   * @param noise r of each step, positive; infinite where nothing was seen, but not at the first
   * @param q variance of a change of the slope, positive
   * @param firstSlope variance of the first slope, about 0
   */
  PathSmoother(double[] observed, double[] noise, double q, double firstSlope) {
    steps = observed.length;
    double[] x = new double[steps];
    double[] v = new double[steps];
    double[][] p = new double[steps][];
    x[0] = observed[0];
    p[0] = new double[] {noise[0], 0, firstSlope};
    for (int t = 1; t < steps; t++) {
      double expected = x[t - 1] + v[t - 1];
      double[] covariance = predicted(p[t - 1], q);
      double gainX = 0;
      double gainV = 0;
      if (noise[t] < Double.POSITIVE_INFINITY) {
        double total = covariance[0] + noise[t];
        gainX = covariance[0] / total;
        gainV = covariance[1] / total;
      }
      double surprise = observed[t] - expected;
      x[t] = expected + gainX * surprise;
      v[t] = v[t - 1] + gainV * surprise;
      p[t] =
          new double[] {
            (1 - gainX) * covariance[0],
            (1 - gainX) * covariance[1],
            covariance[2] - gainV * covariance[1]
          };
    }
    mean = x.clone();
    slope = v.clone();
    variance = new double[steps];
    slopeChange = smooth(p, q);
  }

  /** A P A' + Q as (xx, xv, vv). */
  private static double[] predicted(double[] p, double q) {
    return new double[] {p[0] + 2 * p[1] + p[2], p[1] + p[2], p[2] + q};
  }

  /** Backwards; the filtered means become smoothed ones. */
  private double smooth(double[][] p, double q) {
    double[] later = p[steps - 1];
    variance[steps - 1] = later[0];
    double changes = 0;
    for (int t = steps - 2; t >= 0; t--) {
      double[] forward = predicted(p[t], q);
      // P A' = ((xx + xv, xv), (xv + vv, vv)); J = P A' forward^-1.
      double determinant = forward[0] * forward[2] - forward[1] * forward[1];
      double xx = p[t][0] + p[t][1];
      double vx = p[t][1] + p[t][2];
      double jxx = (xx * forward[2] - p[t][1] * forward[1]) / determinant;
      double jxv = (p[t][1] * forward[0] - xx * forward[1]) / determinant;
      double jvx = (vx * forward[2] - p[t][2] * forward[1]) / determinant;
      double jvv = (p[t][2] * forward[0] - vx * forward[1]) / determinant;
      double surpriseX = mean[t + 1] - (mean[t] + slope[t]);
      double surpriseV = slope[t + 1] - slope[t];
      mean[t] += jxx * surpriseX + jxv * surpriseV;
      slope[t] += jvx * surpriseX + jvv * surpriseV;
      double dxx = later[0] - forward[0];
      double dxv = later[1] - forward[1];
      double dvv = later[2] - forward[2];
      double[] smoothed = {
        p[t][0] + jxx * (jxx * dxx + jxv * dxv) + jxv * (jxx * dxv + jxv * dvv),
        p[t][1] + jxx * (jvx * dxx + jvv * dxv) + jxv * (jvx * dxv + jvv * dvv),
        p[t][2] + jvx * (jvx * dxx + jvv * dxv) + jvv * (jvx * dxv + jvv * dvv)
      };
      // Cov(v_t, v_t+1) given all is row v of J times column v of the later covariance.
      double together = jvx * later[1] + jvv * later[2];
      double change = slope[t + 1] - slope[t];
      changes += change * change + later[2] + smoothed[2] - 2 * together;
      later = smoothed;
      variance[t] = smoothed[0];
    }
    return steps > 1 ? changes / (steps - 1) : q;
  }
}
