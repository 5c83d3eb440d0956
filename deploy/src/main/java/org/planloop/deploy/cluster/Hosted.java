package org.planloop.deploy.cluster;

import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** A campaign on the trainer's node, for the actor that hosts it. */
final class Hosted {
  final CampaignRecord record;
  final CampaignLog log;
  final Attempts attempts = new Attempts();

  /** The attempt's actor; its name is free again once this is null. */
  @Nullable ActorRef<Object> attempt;

  /** Under which epoch the attempt flies, if it does. */
  HostedCampaign.@Nullable Started flying;

  /** Whether the attempt has been told to stop, or has said how it ended. */
  boolean ended;

  /** Whether another attempt is to follow. */
  boolean again;

  Hosted(CampaignRecord record, CampaignLog log) {
    this.record = record;
    this.log = log;
  }
}
