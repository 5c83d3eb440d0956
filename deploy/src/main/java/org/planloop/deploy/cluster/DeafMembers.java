package org.planloop.deploy.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;

/**
 * Removes members whose heartbeats arrive while messages to them are not answered: heartbeats have
 * a connection of their own, so nobody else would notice, and whoever waits for such a node would
 * wait for ever. Its process starts again, with new connections. Lives on the trainer's node, which
 * all others must hear.
 */
final class DeafMembers extends AbstractBehavior<Object> {
  private static final int LOOKS = 12;

  private record Heard(UniqueAddress member) implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    LOOK,
    LATE
  }

  private final Cluster cluster;
  private final Duration patience;
  private final Map<UniqueAddress, Long> heardAt = new HashMap<>();

  /**
   * @param patience how long a member may be within reach and not answer
   */
  static Behavior<Object> create(Duration patience) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.LOOK, patience.dividedBy(LOOKS));
                  return new DeafMembers(context, patience);
                }));
  }

  private DeafMembers(ActorContext<Object> context, Duration patience) {
    super(context);
    context.setLoggerName(DeafMembers.class);
    this.cluster = Cluster.get(context.getSystem());
    this.patience = patience;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(Tick.LOOK, this::onLook)
        .onMessageEquals(Tick.LATE, () -> this)
        .onMessage(Heard.class, this::onHeard)
        .build();
  }

  private Behavior<Object> onLook() {
    long now = System.nanoTime();
    ClusterEvent.CurrentClusterState state = cluster.state();
    Set<UniqueAddress> within = new HashSet<>();
    for (Member member : state.getMembers()) {
      UniqueAddress address = member.uniqueAddress();
      if (member.status().equals(MemberStatus.up())
          && !state.getUnreachable().contains(member)
          && !address.equals(cluster.selfMember().uniqueAddress())) {
        within.add(address);
        long silent = now - heardAt.computeIfAbsent(address, unused -> now);
        if (silent > patience.toNanos()) {
          getContext()
              .getLog()
              .error(
                  "{} is within reach and has answered nothing for {} s: it is removed from the"
                      + " cluster, and starts anew",
                  member.address(),
                  silent / 1_000_000_000);
          cluster.manager().tell(Down.apply(member.address()));
        } else {
          ask(member);
        }
      }
    }
    heardAt.keySet().retainAll(within);
    return this;
  }

  private void ask(Member member) {
    ActorRef<Ping> node =
        ActorRefResolver.get(getContext().getSystem())
            .resolveActorRef(member.address() + "/user/" + NodeActor.NAME);
    getContext()
        .ask(
            Ping.Pong.class,
            node,
            patience.dividedBy(2),
            Ping::new,
            (pong, late) -> pong == null ? Tick.LATE : new Heard(member.uniqueAddress()));
  }

  private Behavior<Object> onHeard(Heard heard) {
    heardAt.computeIfPresent(heard.member(), (member, before) -> System.nanoTime());
    return this;
  }
}
