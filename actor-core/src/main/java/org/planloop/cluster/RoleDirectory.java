package org.planloop.cluster;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * Knows which node holds a role now: the oldest reachable member that has it, or the last that had.
 * A node that starts again under its old address is found there before the cluster has noticed.
 */
public final class RoleDirectory extends AbstractBehavior<RoleDirectory.Command> {
  private static final Duration TICK = Duration.ofSeconds(1);

  /** What the directory understands. Never leaves the node. */
  public sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Where is a role? Answered now, if it is known, and whenever that changes. */
  public record Watch(String role, ActorRef<? super Located> watcher) implements Command {}

  /** A role is held by the node at this address. */
  public record Located(String role, Address address)
      implements NoSerializationVerificationNeeded {}

  private record Gone(ActorRef<? super Located> watcher) implements Command {}

  private record Changed(ClusterEvent.ClusterDomainEvent event) implements Command {}

  private enum Tick implements Command {
    LOOK
  }

  private final Cluster cluster;
  private final Map<ActorRef<? super Located>, String> watchers = new LinkedHashMap<>();
  private final Map<String, Address> holders = new LinkedHashMap<>();

  public static Behavior<Command> create() {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.LOOK, TICK);
                  return new RoleDirectory(context);
                }));
  }

  private RoleDirectory(ActorContext<Command> context) {
    super(context);
    cluster = Cluster.get(context.getSystem());
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ClusterEvent.ClusterDomainEvent.class, Changed::new),
                ClusterEvent.ClusterDomainEvent.class));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Watch.class, this::onWatch)
        .onMessage(Gone.class, this::onGone)
        .onMessage(Changed.class, unused -> look())
        .onMessageEquals(Tick.LOOK, this::look)
        .build();
  }

  private Behavior<Command> onWatch(Watch watch) {
    if (watchers.putIfAbsent(watch.watcher(), watch.role()) == null) {
      getContext().watchWith(watch.watcher(), new Gone(watch.watcher()));
    }
    holder(watch.role()).ifPresent(address -> holders.put(watch.role(), address));
    Address address = holders.get(watch.role());
    if (address != null) {
      watch.watcher().tell(new Located(watch.role(), address));
    }
    return this;
  }

  private Behavior<Command> onGone(Gone gone) {
    watchers.remove(gone.watcher());
    return this;
  }

  private Behavior<Command> look() {
    for (String role : watchers.values().stream().distinct().toList()) {
      Optional<Address> found = holder(role);
      if (found.isPresent() && !found.get().equals(holders.get(role))) {
        holders.put(role, found.get());
        Located located = new Located(role, found.get());
        watchers.forEach(
            (watcher, watched) -> {
              if (watched.equals(role)) {
                watcher.tell(located);
              }
            });
      }
    }
    return this;
  }

  private Optional<Address> holder(String role) {
    ClusterEvent.CurrentClusterState state = cluster.state();
    Member best = null;
    for (Member member : state.getMembers()) {
      if (member.hasRole(role)
          && !state.getUnreachable().contains(member)
          && (best == null || member.isOlderThan(best))) {
        best = member;
      }
    }
    return best == null ? Optional.empty() : Optional.of(best.address());
  }
}
