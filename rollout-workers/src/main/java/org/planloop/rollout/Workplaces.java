package org.planloop.rollout;

import java.util.List;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.cluster.SnapshotCache;
import org.planloop.environment.Environment;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.replay.actor.ReplayShard;

/** What the workers of a node ask for before they fly for a campaign. Never leaves the node. */
public sealed interface Workplaces extends NoSerializationVerificationNeeded {

  /** What is there of a campaign? Answered by one {@link Answer}, as soon as there is one. */
  record Get(CampaignEpoch campaign, ActorRef<Answer> replyTo) implements Workplaces {}

  /** The answer to {@link Get}. */
  sealed interface Answer extends NoSerializationVerificationNeeded {
    CampaignEpoch campaign();
  }

  /** Here is all that a worker needs. */
  record Ready(Workplace workplace) implements Answer {
    @Override
    public CampaignEpoch campaign() {
      return workplace.campaign();
    }
  }

  /** This node cannot fly for the campaign: it lacks a class, say. */
  record Unavailable(CampaignEpoch campaign, String reason) implements Answer {}

  /**
   * What a worker flies with. Shared by the workers of a node.
   *
   * @param snapshots the node's cache of the campaign's policies
   * @param shards in order of their numbers
   */
  record Workplace(
      CampaignEpoch campaign,
      Environment environment,
      PolicySource policies,
      RolloutSettings settings,
      double discount,
      ActorRef<? super SnapshotCache.Get> snapshots,
      List<ActorRef<ReplayShard.Command>> shards) {
    public Workplace {
      shards = List.copyOf(shards);
    }
  }

  /** Of a node that flies for one campaign only. */
  static Behavior<Workplaces> only(Workplace workplace) {
    return Behaviors.receive(Workplaces.class)
        .onMessage(
            Get.class,
            get -> {
              get.replyTo()
                  .tell(
                      get.campaign().equals(workplace.campaign())
                          ? new Ready(workplace)
                          : new Unavailable(
                              get.campaign(), "this node flies for " + workplace.campaign()));
              return Behaviors.same();
            })
        .build();
  }
}
