package org.planloop.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.DowningProvider;
import org.apache.pekko.cluster.sbr.LeaseMajority;
import org.apache.pekko.cluster.sbr.LeaseMajoritySettings;
import org.apache.pekko.cluster.sbr.SplitBrainResolverSettings;
import org.apache.pekko.coordination.lease.scaladsl.Lease;
import org.apache.pekko.coordination.lease.scaladsl.LeaseProvider;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Lets a lease decide which side of a separation goes on: Pekko's {@code lease-majority}, with
 * decisions taken by trainer and replay nodes alone ({@link CoreResolver}), so that workers need no
 * right to the lease. A worker that no node of the core reaches starts anew ({@link CoreWatch}).
 * Named in {@code pekko.cluster.downing-provider-class}, the same on every node.
 */
public final class LeaseDowning extends DowningProvider {
  private final ActorSystem system;

  /** Called by Pekko. */
  public LeaseDowning(ActorSystem system) {
    this.system = system;
  }

  /** Nothing that must not run twice starts when a member is removed. */
  @Override
  public FiniteDuration downRemovalMargin() {
    return FiniteDuration.apply(0, TimeUnit.SECONDS);
  }

  @Override
  public Option<Props> downingActorProps() {
    Cluster cluster = Cluster.get(system);
    Duration patience = system.settings().config().getDuration(SeparationDowning.PATIENCE);
    if (!cluster.getSelfRoles().contains(Roles.CORE)) {
      return Option.apply(Props.create(CoreWatch.class, () -> new CoreWatch(patience)));
    }
    LeaseMajority strategy = strategy(cluster);
    FiniteDuration stable = FiniteDuration.apply(patience.toMillis(), TimeUnit.MILLISECONDS);
    return Option.apply(Props.create(CoreResolver.class, () -> new CoreResolver(stable, strategy)));
  }

  private LeaseMajority strategy(Cluster cluster) {
    LeaseMajoritySettings settings =
        new SplitBrainResolverSettings(system.settings().config()).leaseMajoritySettings();
    Lease lease =
        LeaseProvider.get(system)
            .getLease(
                settings.safeLeaseName(system.name()),
                settings.leaseImplementation(),
                cluster.selfUniqueAddress().address().hostPort());
    return new LeaseMajority(
        cluster.selfDataCenter(),
        Option.apply(Roles.CORE),
        lease,
        settings.acquireLeaseDelayForMinority(),
        settings.releaseAfter(),
        cluster.selfUniqueAddress());
  }
}
