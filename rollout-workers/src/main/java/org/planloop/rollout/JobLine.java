package org.planloop.rollout;

import org.planloop.protocol.RolloutJob;
import org.planloop.protocol.Task;
import org.slf4j.spi.LoggingEventBuilder;

/** A log line about a job carries its campaign, iteration and name as keys. */
final class JobLine {
  private JobLine() {}

  /**
   * @param line of any level; nothing is computed for one that is not logged
   */
  static LoggingEventBuilder about(Task task, LoggingEventBuilder line) {
    RolloutJob job = task.job();
    return line.addKeyValue("campaign", task.campaign().campaign())
        .addKeyValue("iteration", job.iteration())
        .addKeyValue("job", job::label);
  }
}
