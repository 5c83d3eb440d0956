package org.planloop.protocol;

import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a dispatcher understands: campaigns submit jobs, workers pull them. A job is a lease that
 * its worker renews.
 */
public sealed interface Dispatching extends WireMessage {

  /**
   * Jobs to be flown, in order. Each is answered by exactly one {@link JobOutcome}; a job submitted
   * twice is flown once. The first jobs of a new epoch drive out those of the older ones.
   *
   * @param repeatable whether a job that is flown again gives the same transitions: then a slow one
   *     may be flown by two workers at a time; on a robot every flight is an attempt of its own
   */
  record Submit(
      CampaignEpoch campaign,
      List<RolloutJob> jobs,
      boolean repeatable,
      ActorRef<JobOutcome> replyTo)
      implements Dispatching {
    public Submit {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * The learner's jobs under policies older than {@code oldestVersion} are too old to be handed
   * out, from now on and whoever handed them back. Those that wait are answered {@link
   * JobOutcome.Retired}; what is in the air goes on and counts.
   */
  record Retire(CampaignEpoch campaign, int oldestVersion) implements Dispatching {}

  /** The campaign is over: none of its jobs is flown any more, none is answered. */
  record Withdraw(String campaign) implements Dispatching {}

  /**
   * A worker is free. Answered by an {@link WorkOrder.Assignment} as soon as there is a job.
   *
   * @param number counts the worker's pulls; a pull repeated under its number gets the answer that
   *     it got before, in case that was lost
   */
  record Pull(ActorRef<WorkOrder> worker, long number) implements Dispatching {}

  /**
   * A worker is still at it. Answered by {@link WorkOrder.Revoked} if the job is not this worker's.
   */
  record Renew(ActorRef<WorkOrder> worker, Task task) implements Dispatching {}

  /** A job is flown, its rows confirmed. */
  record Done(ActorRef<WorkOrder> worker, CampaignEpoch campaign, JobResult result)
      implements Dispatching {}

  /** A job could not be flown. */
  record Failed(ActorRef<WorkOrder> worker, Task task, String reason) implements Dispatching {}

  /** A worker hands a job back through no fault of the job: it stops, or replay is out of reach. */
  record HandedBack(ActorRef<WorkOrder> worker, Task task, String reason) implements Dispatching {}
}
