package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages to an actor whose node has just started, and which is not there yet: a campaign asks for
 * its shard like this. Pekko's short names for actors, which it would bring into use a minute
 * later, would name what was there first: nothing.
 */
class LateActorTest {
  @TempDir private Path folder;
  private ActorTestKit here;
  private ActorTestKit there;

  @BeforeEach
  void start() {
    TestCluster places = new TestCluster(folder, "trainer", "replay-0");
    here = ActorTestKit.create("planloop", hasty(places.settings("trainer")));
    there = ActorTestKit.create("planloop", hasty(places.settings("replay-0")));
  }

  /** Whatever comes into use after a minute does so after a second. */
  private static Config hasty(NodeSettings settings) {
    return ConfigFactory.parseString(
            """
            pekko.remote.artery.advanced.compression {
              actor-refs.advertisement-interval = 1 s
              manifests.advertisement-interval = 1 s
            }
            """)
        .withFallback(NodeConfig.node(settings));
  }

  @AfterEach
  void stop() {
    there.shutdownTestKit();
    here.shutdownTestKit();
  }

  @Test
  void anActorThatCameLaterThanItsFirstMessagesIsHeardForGood() {
    String address = Cluster.get(there.system()).selfMember().address().toString();
    Questions questions = new Questions(here.system());
    ActorRef<Ping> early = questions.actor(address, "/user/early");
    ActorRef<Ping> late = questions.actor(address, "/user/late");
    there.spawn(Behaviors.<Ping>receiveMessage(Ping::answer), "early");
    for (int i = 0; i < 500; i++) {
      late.tell(new Ping(here.system().ignoreRef()));
    }
    assertThat(answers(questions, early)).as("all that was sent before has arrived").isTrue();
    there.spawn(Behaviors.<Ping>receiveMessage(Ping::answer), "late");

    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (System.nanoTime() < end) {
      assertThat(answers(questions, late)).isTrue();
    }
  }

  private static boolean answers(Questions questions, ActorRef<Ping> actor) {
    Optional<Ping.Pong> pong = Questions.await(questions.ask(actor, Ping::new));
    return pong.isPresent();
  }
}
