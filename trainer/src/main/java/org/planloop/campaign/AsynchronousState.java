package org.planloop.campaign;

import java.util.List;
import org.planloop.data.JobRanges;
import org.planloop.protocol.RolloutJob;

/**
 * What an asynchronous campaign remembers besides, as of its last row.
 *
 * @param counted the learner's jobs whose rows count, by policy version and index
 * @param outstanding jobs that were submitted and not flown yet
 * @param episodes of the counted jobs
 * @param drawn what all fits have drawn so far, in the limiter's unit
 * @param lastDraw what the last fit with a result has drawn; 0 before the first
 */
public record AsynchronousState(
    JobRanges counted, List<RolloutJob> outstanding, long episodes, double drawn, double lastDraw) {
  /** Nothing flown yet. */
  public static final AsynchronousState NONE =
      new AsynchronousState(JobRanges.NONE, List.of(), 0, 0, 0);

  public AsynchronousState {
    outstanding = List.copyOf(outstanding);
  }

  /** Whether an outstanding job needs a policy. */
  boolean flies(int version) {
    return outstanding.stream()
        .anyMatch(job -> job.policyVersion() == version || job.rescuer() == version);
  }
}
