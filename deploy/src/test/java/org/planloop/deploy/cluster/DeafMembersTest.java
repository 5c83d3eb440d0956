package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A member whose heartbeats arrive: one that answers stays, one that does not is removed. */
class DeafMembersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Config CONFIG =
      ConfigFactory.parseString(
              """
              pekko.actor.provider = cluster
              pekko.remote.artery.transport = tcp
              pekko.remote.artery.canonical.hostname = "127.0.0.1"
              pekko.remote.artery.canonical.port = 0
              pekko.cluster.jmx.enabled = off
              pekko.coordinated-shutdown.exit-jvm = off
              """)
          .withFallback(ConfigFactory.load());

  private final ActorTestKit trainer = ActorTestKit.create("planloop", CONFIG);
  private final ActorTestKit other = ActorTestKit.create("planloop", CONFIG);

  @AfterEach
  void stop() {
    other.shutdownTestKit();
    trainer.shutdownTestKit();
  }

  private Cluster joined() throws InterruptedException {
    Cluster first = Cluster.get(trainer.system());
    Cluster second = Cluster.get(other.system());
    first.manager().tell(Join.create(first.selfMember().address()));
    second.manager().tell(Join.create(first.selfMember().address()));
    trainer
        .createTestProbe()
        .awaitAssert(
            Duration.ofSeconds(30),
            () -> {
              assertThat(first.state().getMembers())
                  .hasSize(2)
                  .allMatch(member -> member.status().equals(MemberStatus.up()));
              return true;
            });
    return second;
  }

  @Test
  void whoDoesNotAnswerIsRemoved() throws Exception {
    joined();
    trainer.spawn(DeafMembers.create(PATIENCE));

    assertThat(other.system().getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS))
        .as("a member that was removed ends its system")
        .isNotNull();
    assertThat(Cluster.get(trainer.system()).isTerminated()).isFalse();
  }

  @Test
  void whoAnswersStays() throws Exception {
    Cluster second = joined();
    CountDownLatch asked = new CountDownLatch(30); // More than twice as long as may be silent.
    Behavior<Ping> node =
        Behaviors.receive(Ping.class)
            .onMessage(
                Ping.class,
                ping -> {
                  asked.countDown();
                  return ping.answer();
                })
            .build();
    other.spawn(node, NodeActor.NAME);
    trainer.spawn(DeafMembers.create(PATIENCE));

    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.selfMember().status()).isEqualTo(MemberStatus.up());
  }
}
