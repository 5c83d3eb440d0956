package org.planloop.deploy.cluster;

import java.time.Duration;
import org.planloop.cluster.Backoff;

/**
 * Counts the attempts of a campaign: one that fails is followed by another, later each time, until
 * {@value #MOST} in a row have made no row.
 */
final class Attempts {
  /** In a row without a new row, after which a campaign has failed. */
  static final int MOST = 6;

  private static final Backoff PAUSES = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));

  private int inARow;
  private int rowsBefore;

  /**
   * One begins.
   *
   * @param rows there are
   */
  void begin(int rows) {
    inARow++;
    rowsBefore = rows;
  }

  /**
   * It flies.
   *
   * @param rows it goes on from
   */
  void flies(int rows) {
    rowsBefore = rows;
  }

  /**
   * It failed.
   *
   * @param rows there are now
   * @return whether another one is to follow, after {@link #pause()}
   */
  boolean another(int rows) {
    if (rows > rowsBefore) {
      inARow = 1;
    }
    return inARow < MOST;
  }

  /** How long the next one waits. */
  Duration pause() {
    return inARow == 0 ? Duration.ZERO : PAUSES.after(inARow);
  }

  /** Those that failed no longer count. */
  void forgive() {
    inARow = 0;
  }
}
