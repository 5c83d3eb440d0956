package org.planloop.cluster;

import java.time.Duration;

/**
 * How long to wait before another try.
 *
 * @param first after the first failure; doubled after each
 * @param longest at most
 */
public record Backoff(Duration first, Duration longest) {
  /**
   * The wait that is due.
   *
   * @param failures in a row, at least 1
   */
  public Duration after(int failures) {
    Duration wait = first.multipliedBy(1L << Math.min(20, failures - 1));
    return wait.compareTo(longest) > 0 ? longest : wait;
  }
}
