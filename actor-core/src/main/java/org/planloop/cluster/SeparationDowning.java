package org.planloop.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.DowningProvider;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.Reachability;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Removes members that stay out of reach, and takes this node down where it was removed itself; the
 * decisions are those of {@link OutOfReach} and {@link Separation}. Named in {@code
 * pekko.cluster.downing-provider-class}.
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
    private final OutOfReach outOfReach;
    private Set<Address> removed = Set.of();

    Watcher(Duration patience) {
      outOfReach = new OutOfReach(patience);
    }

    @Override
    void look() {
      Set<Address> due = outOfReach.due(observers(), core()::contains, System.nanoTime());
      for (Address address : due) {
        if (!removed.contains(address)) {
          log.warning("{} is out of reach and removed from the cluster", address);
        }
        cluster.down(address);
      }
      removed = due;
    }

    /** Of each member that somebody does not hear, those who do not. */
    private Map<Address, Set<Address>> observers() {
      Map<Address, Set<Address>> all = new HashMap<>();
      Set<Address> unreachable = new HashSet<>();
      cluster.state().getUnreachable().forEach(member -> unreachable.add(member.address()));
      // Pekko keeps to itself who does not hear whom; only this line knows where.
      CollectionConverters.asJava(cluster.readView().reachability().records())
          .forEach(
              record -> {
                if (record.status() != Reachability.Reachable$.MODULE$
                    && unreachable.contains(record.subject().address())) {
                  all.computeIfAbsent(record.subject().address(), key -> new HashSet<>())
                      .add(record.observer().address());
                }
              });
      return all;
    }

    private Set<Address> core() {
      Set<Address> all = new HashSet<>();
      for (Member member : cluster.state().getMembers()) {
        if (Roles.areCore(member.getRoles())) {
          all.add(member.address());
        }
      }
      return all;
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
