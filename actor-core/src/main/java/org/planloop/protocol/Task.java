package org.planloop.protocol;

/** A job of a campaign, as dispatchers hand it out. */
public record Task(CampaignEpoch campaign, RolloutJob job) {}
