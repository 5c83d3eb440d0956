package org.planloop.cluster;

import java.time.Duration;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;

/**
 * Takes a worker down that reaches no node of the core, or was removed; it starts again and joins
 * whatever cluster there is then. It removes nobody else.
 */
final class CoreWatch extends MembershipWatch {
  private final Duration patience;
  private long reached = System.nanoTime();

  /**
   * @param patience after which the core removes who is out of reach; a worker that has heard
   *     nothing for twice as long is on no side that has a core
   */
  CoreWatch(Duration patience) {
    this.patience = patience.multipliedBy(2);
  }

  @Override
  void look() {
    ClusterEvent.CurrentClusterState state = cluster.state();
    long now = System.nanoTime();
    if (!state.members().contains(cluster.selfMember()) || reachesCore(state)) {
      reached = now;
    } else if (now - reached > patience.toNanos()) {
      reached = now;
      startAnew("no trainer and no replay node is in reach: this node starts anew");
    }
  }

  private static boolean reachesCore(ClusterEvent.CurrentClusterState state) {
    for (Member member : state.getMembers()) {
      if (member.hasRole(Roles.CORE) && !state.getUnreachable().contains(member)) {
        return true;
      }
    }
    return false;
  }

  /** By a node that this one still counts among the members: it will not be let in as it is. */
  @Override
  void onRemoved(ThisActorSystemQuarantinedEvent removed) {
    for (Member member : cluster.state().getMembers()) {
      if (member.address().equals(removed.remoteAddress().address())
          && member.uniqueAddress().longUid() == removed.remoteAddress().uid()) {
        startAnew(member.address() + " has removed this node: it starts anew");
        return;
      }
    }
  }
}
