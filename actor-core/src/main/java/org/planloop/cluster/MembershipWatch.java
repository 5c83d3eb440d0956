package org.planloop.cluster;

import java.time.Duration;
import org.apache.pekko.actor.AbstractActorWithTimers;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.event.Logging;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;

/**
 * Looks at the members of the cluster every second, and is told when another one has removed this
 * node. Cluster providers are classic actors; these are small.
 */
abstract class MembershipWatch extends AbstractActorWithTimers {
  private static final Duration TICK = Duration.ofSeconds(1);

  private enum Tick {
    LOOK
  }

  final Cluster cluster = Cluster.get(getContext().getSystem());
  final LoggingAdapter log = Logging.getLogger(getContext().getSystem(), this);

  private boolean leaving;

  abstract void look();

  abstract void onRemoved(ThisActorSystemQuarantinedEvent removed);

  /** Takes this node down, and says why. */
  final void startAnew(String why) {
    leaving = true;
    log.warning("{}", why);
    cluster.down(cluster.selfAddress());
  }

  @Override
  public void preStart() {
    getTimers().startTimerWithFixedDelay(Tick.LOOK, Tick.LOOK, TICK);
    getContext()
        .getSystem()
        .eventStream()
        .subscribe(getSelf(), ThisActorSystemQuarantinedEvent.class);
  }

  @Override
  public void postStop() {
    getContext().getSystem().eventStream().unsubscribe(getSelf());
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .matchEquals(Tick.LOOK, unused -> look())
        // Comes with every message that the others throw away; the first one is enough to leave.
        .match(ThisActorSystemQuarantinedEvent.class, removed -> !leaving, this::onRemoved)
        .build();
  }
}
