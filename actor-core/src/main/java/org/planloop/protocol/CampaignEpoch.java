package org.planloop.protocol;

/**
 * One attempt of a campaign: what is sent in the name of an older one counts no more.
 *
 * @param campaign the campaign's id
 * @param epoch the attempt; the replay files are fenced with it
 */
public record CampaignEpoch(String campaign, long epoch) {}
