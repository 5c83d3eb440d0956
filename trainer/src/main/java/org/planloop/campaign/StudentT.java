package org.planloop.campaign;

/**
 * Student's t distribution, as far as a two-sided 95 % interval needs it.
 *
 * <p>For whole degrees of freedom the distribution function is a finite sum of powers of cos(theta)
 * with theta = atan(t / sqrt(n)) (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4), so the quantile
 * is found by bisection to the last bits; beyond {@link #EXACT} degrees the Cornish-Fisher
 * expansion (26.7.5) is exact to 1e-12.
 */
final class StudentT {
  private static final int EXACT = 1000;
  private static final double NORMAL_975 = 1.959963984540054;

  private StudentT() {}

  /** The 0.975 quantile with {@code n} degrees of freedom, at least 1. */
  static double quantile975(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("degrees of freedom must be at least 1: " + n);
    }
    if (n > EXACT) {
      return expansion(n);
    }
    double low = 1.9;
    double high = 12.8;
    while (true) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        return middle;
      }
      if (central(middle, n) < 0.95) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  /** P(|T| <= t). */
  private static double central(double t, int n) {
    double theta = Math.atan2(t, Math.sqrt(n));
    double cos = Math.cos(theta);
    double square = cos * cos;
    boolean odd = n % 2 == 1;
    double term = odd ? cos : 1;
    double sum = 0;
    for (int k = odd ? 1 : 0; k <= n - 2; k += 2) {
      sum += term;
      term *= square * (k + 1) / (k + 2);
    }
    return odd ? 2 / Math.PI * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
  }

  private static double expansion(int n) {
    double x = NORMAL_975;
    double x3 = x * x * x;
    double x5 = x3 * x * x;
    double x7 = x5 * x * x;
    return x
        + (x3 + x) / (4.0 * n)
        + (5 * x5 + 16 * x3 + 3 * x) / (96.0 * n * n)
        + (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / (384.0 * n * n * n);
  }
}
