package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A node that is alone in a cluster without a trainer, and what it makes of what it sees outside.
 */
class NodeActorTest {
  private final ActorTestKit kit =
      ActorTestKit.create(
          "planloop",
          ConfigFactory.parseString(
                  """
                  pekko.actor.provider = cluster
                  pekko.remote.artery.transport = tcp
                  pekko.remote.artery.canonical.hostname = "127.0.0.1"
                  pekko.remote.artery.canonical.port = 0
                  pekko.cluster.jmx.enabled = off
                  pekko.cluster.roles = [worker]
                  """)
              .withFallback(ConfigFactory.load()));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static NodeActor.Members others(long uid) {
    return new NodeActor.Members(
        "pekko://planloop@10.0.0.1:25520",
        List.of(
            new NodeActor.MemberStanding(
                "pekko://planloop@10.0.0.1:25520", 1, List.of("trainer"), "Up", true),
            new NodeActor.MemberStanding(
                "pekko://planloop@10.0.0.2:25520", uid, List.of("worker"), "Up", true)));
  }

  private Cluster alone() {
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    return cluster;
  }

  @Test
  void aTrainerThatIsSeenOnlyFromOutsideMakesItStartAnew() throws InterruptedException {
    alone();
    CountDownLatch anew = new CountDownLatch(1);
    kit.spawn(
        NodeActor.create(
            () -> CompletableFuture.completedFuture(others(-1)),
            () -> {},
            anew::countDown,
            other -> {}));

    assertThat(anew.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoIsCountedThereOrSeesNobodyStays() throws InterruptedException {
    Cluster cluster = alone();
    long uid = cluster.selfMember().uniqueAddress().longUid();
    AtomicInteger started = new AtomicInteger();
    CountDownLatch looked = new CountDownLatch(4);
    kit.spawn(
        NodeActor.create(
            () -> {
              looked.countDown();
              return looked.getCount() % 2 == 0
                  ? CompletableFuture.completedFuture(others(uid))
                  : CompletableFuture.failedFuture(new IllegalStateException("nobody"));
            },
            () -> {},
            started::incrementAndGet,
            other -> {}));

    assertThat(looked.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(started).hasValue(0);
  }
}
