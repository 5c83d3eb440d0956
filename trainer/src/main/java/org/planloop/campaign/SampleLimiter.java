package org.planloop.campaign;

/**
 * Balances what fits draw against what is flown, in both directions: fitting waits for flights and
 * flying waits for fits. After the rate limiter of Reverb (Cassirer et al. 2021), with whole fits
 * instead of single samples: a fit is taken to draw what the one before it has drawn.
 *
 * <p>Never do both wait: where a fit is short of data, flying is allowed.
 *
 * @param ratio what fits may draw for each unit of data that is flown
 * @param tolerance by how many fits' draws either side may run ahead
 */
record SampleLimiter(double ratio, double tolerance) {
  /**
   * Whether the next fit may start.
   *
   * @param inserted data that is flown and confirmed
   * @param drawn by the fits so far
   * @param next what the fit is going to draw
   */
  boolean mayFit(double inserted, double drawn, double next) {
    return drawn + next <= ratio * inserted + tolerance * next;
  }

  /**
   * Whether one more job may be submitted.
   *
   * @param expected data that is flown, or expected of the jobs that are submitted
   * @param drawn by the fits so far, the one under way included
   * @param next what the next fit is going to draw
   */
  boolean mayFly(double expected, double drawn, double next) {
    return ratio * expected < drawn + Math.max(tolerance, 1 - tolerance) * next;
  }
}
