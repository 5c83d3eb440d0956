package org.planloop.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.Snapshots.Chunk;

/** What goes over the wire for a policy: once what is asked for once. */
class SnapshotBroadcastTest {
  private static final Duration QUIET = Duration.ofMillis(100);

  /** Before a cache asks again. */
  private static final Duration SOON = Duration.ofMillis(900);

  private final ActorTestKit kit = ActorTestKit.create();
  private final AtomicLong now = new AtomicLong();
  private final TestProbe<SnapshotPublisher.Published> published = kit.createTestProbe();
  private final TestProbe<Chunk> cache = kit.createTestProbe(Chunk.class);
  private final ActorRef<Object> publisher =
      kit.spawn(
          SnapshotPublisher.create(
              version -> version == 1 ? Optional.of(policy(1)) : Optional.empty(),
              (node, newest) -> {},
              now::get));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static PolicySnapshot policy(int version) {
    return new PolicySnapshot(version, new PolicyDefinition.RandomActions());
  }

  private void publish(int version) {
    publisher.tell(new SnapshotPublisher.Publish(policy(version), published.getRef()));
    published.receiveMessage();
  }

  private void fetch(int version) {
    publisher.tell(new Snapshots.Fetch(version, cache.getRef()));
  }

  @Test
  void whoAsksForWhatIsOnItsWayGetsNoSecondCopy() {
    publisher.tell(new Snapshots.Subscribe(cache.getRef(), -1));
    publish(2);
    fetch(2);

    assertThat(cache.receiveMessage().version()).isEqualTo(2);
    cache.expectNoMessage(QUIET);
  }

  @Test
  void whatMustHaveBeenLostIsSentAgain() {
    publisher.tell(new Snapshots.Subscribe(cache.getRef(), -1));
    publish(2);
    cache.receiveMessage();
    now.addAndGet(SnapshotPublisher.ON_ITS_WAY.toNanos());
    fetch(2);

    assertThat(cache.receiveMessage().version()).isEqualTo(2);
  }

  @Test
  void whatWasNotSentIsSentAtOnce() {
    publish(2);
    fetch(2);
    assertThat(cache.receiveMessage().version()).isEqualTo(2);
    fetch(1);
    assertThat(cache.receiveMessage().version()).isEqualTo(1);
    fetch(1);
    cache.expectNoMessage(QUIET);
  }

  /** The clock stands still: only what the cache says tells that it asks in earnest. */
  @Test
  void whatACacheHasDroppedSinceItCanHaveAgain() {
    ActorRef<Object> node =
        kit.spawn(
            SnapshotCache.create(publisher, new SnapshotMetrics(new SimpleMeterRegistry(), "c")));
    TestProbe<SnapshotCache.Ready> worker = kit.createTestProbe();
    for (int version = 2; version < 10; version++) {
      publish(version);
      node.tell(new SnapshotCache.Get(version, worker.getRef()));
      assertThat(worker.receiveMessage().snapshot().version()).isEqualTo(version);
      node.tell(new SnapshotCache.Get(1, worker.getRef()));
      assertThat(worker.receiveMessage().snapshot().version()).isEqualTo(1);
    }
    for (int version = 6; version < 10; version++) {
      node.tell(new SnapshotCache.Get(version, worker.getRef()));
      assertThat(worker.receiveMessage(SOON).snapshot().version()).isEqualTo(version);
    }
    node.tell(new SnapshotCache.Get(1, worker.getRef()));
    assertThat(worker.receiveMessage(SOON).snapshot().version()).isEqualTo(1);
  }
}
