package org.planloop.cluster;

import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.sbr.DowningStrategy;
import org.apache.pekko.cluster.sbr.LeaseMajority;
import org.apache.pekko.cluster.sbr.SplitBrainResolver;
import org.apache.pekko.cluster.sbr.SplitBrainResolverBase;
import org.apache.pekko.japi.pf.PFBuilder;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import scala.PartialFunction;
import scala.concurrent.duration.FiniteDuration;
import scala.runtime.BoxedUnit;

/**
 * Pekko's split brain resolver with three differences.
 *
 * <ul>
 *   <li>The first node of the core decides for its side, not the first member: that would be a
 *       worker as a rule.
 *   <li>Where workers alone are lost, no lease is asked for: no side without the core goes on, so
 *       there is nothing to decide, and a worker's death must not depend on the API server.
 *   <li>The lease may be waited for; who has come back under the same name meanwhile stays.
 * </ul>
 *
 * Pekko keeps these classes to itself; only this one and {@link LeaseDowning} know them.
 */
final class CoreResolver extends SplitBrainResolverBase {
  private final Cluster cluster = Cluster.get(context().system());

  CoreResolver(FiniteDuration stableAfter, LeaseMajority strategy) {
    super(stableAfter, strategy);
  }

  @Override
  public UniqueAddress selfUniqueAddress() {
    return cluster.selfUniqueAddress();
  }

  @Override
  public String selfDc() {
    return cluster.selfDataCenter();
  }

  @Override
  public void preStart() throws Exception {
    cluster.subscribe(
        self(), ClusterEvent.initialStateAsEvents(), ClusterEvent.ClusterDomainEvent.class);
    context().system().eventStream().subscribe(self(), ThisActorSystemQuarantinedEvent.class);
    super.preStart();
  }

  @Override
  public void postStop() {
    cluster.unsubscribe(self());
    context().system().eventStream().unsubscribe(self());
    super.postStop();
  }

  @Override
  public PartialFunction<Object, BoxedUnit> receive() {
    PartialFunction<Object, BoxedUnit> pekkos = super.receive();
    return new PFBuilder<Object, BoxedUnit>()
        .match(ClusterEvent.LeaderChanged.class, ofAllMembers -> BoxedUnit.UNIT)
        .match(
            ClusterEvent.RoleLeaderChanged.class,
            first -> first.role().equals(Roles.CORE),
            first -> pekkos.apply(new ClusterEvent.LeaderChanged(first.leader())))
        .matchEquals(
            SplitBrainResolver.Tick$.MODULE$,
            tick -> {
              if (onlyWorkersAreLost()) {
                actOnDecision(DowningStrategy.DownUnreachable$.MODULE$);
                resetStableDeadline(); // Else Pekko would ask for the lease while they are removed.
              }
              return pekkos.apply(tick);
            })
        .match(Object.class, pekkos::isDefinedAt, pekkos::apply)
        .build();
  }

  private boolean onlyWorkersAreLost() {
    DowningStrategy strategy = strategy();
    return isResponsible()
        && stableDeadline().isOverdue()
        && strategy.unreachable().nonEmpty()
        && !strategy.hasIndirectlyConnected()
        && strategy.unreachableMembers(true, false).forall(member -> !member.hasRole(Roles.CORE));
  }

  @Override
  public void down(UniqueAddress node, DowningStrategy.Decision decision) {
    if (cluster.state().members().exists(member -> member.uniqueAddress().equals(node))) {
      cluster.down(node.address());
    }
  }
}
