package org.planloop.protocol;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a dispatcher understands: a campaign submits jobs, workers pull them. A job is a lease that
 * its worker renews.
 */
public sealed interface Dispatching extends WireMessage {

  /**
   * Jobs to be flown, in order. Each is answered by exactly one {@link JobOutcome}; a job submitted
   * twice is flown once.
   */
  record Submit(List<RolloutJob> jobs, ActorRef<JobOutcome> replyTo) implements Dispatching {
    public Submit {
      jobs = List.copyOf(jobs);
    }
  }

  /** A worker is free. Answered by an {@link Assignment} as soon as there is a job. */
  record Pull(ActorRef<Assignment> worker) implements Dispatching {}

  /** A worker is still at it. */
  record Renew(ActorRef<Assignment> worker, RolloutJob job) implements Dispatching {}

  /** A job is flown, its rows confirmed. */
  record Done(ActorRef<Assignment> worker, JobResult result) implements Dispatching {}

  /** A job could not be flown. */
  record Failed(ActorRef<Assignment> worker, RolloutJob job, String reason)
      implements Dispatching {}
}
