package org.planloop.protocol;

/** What becomes of a submitted job. */
public sealed interface JobOutcome extends WireMessage {
  /** It is flown. */
  record Finished(JobResult result) implements JobOutcome {}

  /** Its policy has become too old before anybody flew it to the end: it is not flown any more. */
  record Retired(RolloutJob job) implements JobOutcome {}

  /** It failed on several workers and is set aside. */
  record Abandoned(RolloutJob job, String reason) implements JobOutcome {}
}
