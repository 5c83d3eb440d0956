package org.planloop.protocol;

/** A job of a campaign, as dispatchers hand it out. */
public record Task(CampaignEpoch campaign, RolloutJob job) {
  /** The task as it was submitted, whatever attempt at it this is. */
  public Task submitted() {
    return job.attempt() == 0 ? this : new Task(campaign, job.submitted());
  }
}
