package org.planloop.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.DowningProvider;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Removes members that stay out of reach, and takes this node down where it was removed itself; the
 * decisions are those of {@link Separation}. Named in {@code pekko.cluster.downing-provider-class}.
 */
public final class SeparationDowning extends DowningProvider {
  /** How long the same members must be out of reach. */
  static final String PATIENCE = "planloop.cluster.down-after";

  private final Duration patience;

  /** Called by Pekko. */
  public SeparationDowning(ActorSystem system) {
    patience = system.settings().config().getDuration(PATIENCE);
  }

  @Override
  public FiniteDuration downRemovalMargin() {
    return FiniteDuration.apply(0, TimeUnit.SECONDS);
  }

  @Override
  public Option<Props> downingActorProps() {
    return Option.apply(Props.create(Watcher.class, () -> new Watcher(patience)));
  }

  private static final class Watcher extends MembershipWatch {
    private final long patience;
    private Set<Address> outOfReach = Set.of();
    private Set<Address> removed = Set.of();
    private long since;

    Watcher(Duration patience) {
      this.patience = patience.toNanos();
    }

    @Override
    void look() {
      Set<Address> now = new HashSet<>();
      cluster.state().getUnreachable().forEach(member -> now.add(member.address()));
      if (!now.equals(outOfReach)) {
        outOfReach = now;
        removed = Set.of();
        since = System.nanoTime();
      } else if (!now.isEmpty() && System.nanoTime() - since > patience) {
        for (Address address : now) {
          if (!removed.contains(address)) {
            log.warning("{} is out of reach and removed from the cluster", address);
          }
          cluster.down(address);
        }
        removed = now;
      }
    }

    @Override
    void onRemoved(ThisActorSystemQuarantinedEvent removed) {
      Separation.Side side = side();
      if (Separation.startsAnew(side)) {
        startAnew(
            removed.remoteAddress().address()
                + " has removed this node from the cluster: it starts anew");
      } else {
        log.info(
            "{} has removed this node, which stays: the trainer and {} others are here",
            removed.remoteAddress().address(),
            side.reachableMembers() - 1);
      }
    }

    private Separation.Side side() {
      ClusterEvent.CurrentClusterState state = cluster.state();
      int reachable = 0;
      boolean trainer = false;
      for (Member member : state.getMembers()) {
        if (!state.getUnreachable().contains(member)
            && !member.status().equals(MemberStatus.down())) {
          reachable++;
          trainer |= member.hasRole(Roles.TRAINER);
        }
      }
      return new Separation.Side(reachable, trainer);
    }
  }
}
