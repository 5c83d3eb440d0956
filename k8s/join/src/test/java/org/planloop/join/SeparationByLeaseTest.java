package org.planloop.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.cluster.LeaseDowning;
import org.planloop.cluster.Roles;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.Joining;
import org.planloop.deploy.cluster.Listening;
import org.planloop.deploy.cluster.NodeSettings;
import scala.jdk.javaapi.FutureConverters;

/** Members that are cut off from one another, and a lease of the API that decides. */
class SeparationByLeaseTest {
  private static final String COMMON =
      """
      pekko.actor.provider = cluster
      pekko.loglevel = WARNING
      pekko.remote.artery.canonical.hostname = 127.0.0.1
      pekko.remote.artery.canonical.port = 0
      pekko.remote.artery.advanced.test-mode = on
      pekko.cluster.jmx.enabled = off
      pekko.cluster.failure-detector.acceptable-heartbeat-pause = 4 s
      pekko.cluster.gossip-interval = 200 ms
      pekko.cluster.leader-actions-interval = 200 ms
      pekko.coordinated-shutdown.exit-jvm = off
      # A system that a test ends dies without a word.
      pekko.coordinated-shutdown.run-by-actor-system-terminate = off
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      pekko.cluster.split-brain-resolver.active-strategy = lease-majority
      pekko.cluster.split-brain-resolver.down-all-when-unstable = off
      """;

  @TempDir Path folder;
  private FakeApi api;
  private final Map<String, ActorSystem> systems = new LinkedHashMap<>();

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    api = new FakeApi(folder);
    api.set("planloop.cluster.down-after", "3 s");
    api.set("planloop.cluster.lease-patience", "6 s");
  }

  @AfterEach
  void stop() {
    systems.values().forEach(ActorSystem::terminate);
    systems.values().forEach(SeparationByLeaseTest::ended);
    api.close();
  }

  private static void ended(ActorSystem system) {
    FutureConverters.asJava(system.whenTerminated())
        .toCompletableFuture()
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  /** A member of this role; the first begins the cluster. */
  private ActorSystem member(String role) {
    Joining.Kubernetes how = new Joining.Kubernetes(Joining.Kubernetes.PODS, 2, 7000);
    NodeSettings settings =
        new NodeSettings(
            "lab",
            Set.of(role),
            Listening.to(new HostPort("127.0.0.1", 7001)),
            how,
            folder,
            0,
            1,
            Optional.empty(),
            Optional.empty());
    List<String> roles = settings.core() ? List.of(role, Roles.CORE) : List.of(role);
    Config config =
        ConfigFactory.parseMap(
                Map.of(
                    "pekko.cluster.roles",
                    roles,
                    "pekko.cluster.downing-provider-class",
                    LeaseDowning.class.getName()))
            .withFallback(ConfigFactory.parseString(COMMON))
            .withFallback(new ApiJoining().config(settings, how))
            .withFallback(ConfigFactory.load())
            .resolve();
    ActorSystem system = ActorSystem.create("lab", config);
    ActorSystem first = systems.isEmpty() ? system : systems.values().iterator().next();
    systems.put(role, system);
    TestKit probe = new TestKit(system);
    Cluster cluster = Cluster.get(system);
    cluster.subscribe(
        probe.getRef(), ClusterEvent.initialStateAsEvents(), ClusterEvent.MemberUp.class);
    cluster.join(Cluster.get(first).selfAddress());
    for (int i = 0; i < systems.size(); i++) {
      probe.expectMsgClass(Duration.ofSeconds(60), ClusterEvent.MemberUp.class);
    }
    return system;
  }

  private static Address address(ActorSystem system) {
    return Cluster.get(system).selfAddress();
  }

  private static void cut(ActorSystem one, ActorSystem other) {
    silence(one, address(other));
    silence(other, address(one));
  }

  @SuppressWarnings(
      "deprecation") // Artery's test mode takes the commands of the remoting before it.
  private static void silence(ActorSystem from, Address to) {
    RemoteActorRefProvider provider =
        (RemoteActorRefProvider) ((ExtendedActorSystem) from).provider();
    FutureConverters.asJava(
            provider
                .transport()
                .managementCommand(
                    new ThrottlerTransportAdapter.SetThrottle(
                        to,
                        ThrottlerTransportAdapter.bothDirection(),
                        ThrottlerTransportAdapter.blackholeThrottleMode())))
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  /** Waits until a member knows that another was removed. */
  private static TestKit removals(ActorSystem system) {
    TestKit probe = new TestKit(system);
    Cluster.get(system)
        .subscribe(
            probe.getRef(), ClusterEvent.initialStateAsEvents(), ClusterEvent.MemberRemoved.class);
    return probe;
  }

  private static Address removed(TestKit probe) {
    return probe
        .expectMsgClass(Duration.ofSeconds(60), ClusterEvent.MemberRemoved.class)
        .member()
        .address();
  }

  private static void assertStartsAnew(ActorSystem system) {
    ended(system);
    assertThat(CoordinatedShutdown.get(system).getShutdownReason())
        .contains(CoordinatedShutdown.clusterDowningReason());
  }

  @Test
  void theSideWithTheLeaseGoesOnAndTheOtherStartsAnew() {
    ActorSystem trainer = member("trainer");
    ActorSystem replay = member("replay");
    TestKit seenByTrainer = removals(trainer);
    TestKit seenByReplay = removals(replay);
    cut(trainer, replay);
    ActorSystem winner;
    ActorSystem loser;
    // Which of two it is depends on their addresses; the lease says it.
    api.awaitAsked(1, verb -> verb.equals("update leases"));
    boolean trainerWins = api.holder("lab").equals(address(trainer).hostPort());
    winner = trainerWins ? trainer : replay;
    loser = trainerWins ? replay : trainer;
    assertThat(removed(trainerWins ? seenByTrainer : seenByReplay)).isEqualTo(address(loser));
    assertStartsAnew(loser);
    assertThat(winner.whenTerminated().isCompleted()).isFalse();
    assertThat(Cluster.get(winner).isTerminated()).isFalse();
    assertThat(api.holder("lab")).isEqualTo(address(winner).hostPort());
  }

  @Test
  void theDeathOfTheOldestStopsNobodyElse() {
    ActorSystem oldest = member("trainer");
    ActorSystem replay = member("replay");
    ActorSystem worker = member("worker");
    TestKit seen = removals(replay);
    Address dead = address(oldest);
    oldest.terminate();
    assertThat(removed(seen)).isEqualTo(dead);
    assertThat(api.holder("lab")).isEqualTo(address(replay).hostPort());
    assertThat(Cluster.get(replay).isTerminated()).isFalse();
    assertThat(Cluster.get(worker).isTerminated()).isFalse();
  }

  @Test
  void theLossOfAWorkerAsksForNoLeaseAndTheWorkerStartsAnew() {
    ActorSystem trainer = member("trainer");
    ActorSystem replay = member("replay");
    ActorSystem worker = member("worker");
    TestKit seen = removals(trainer);
    api.breaks(true);
    cut(worker, trainer);
    cut(worker, replay);
    assertThat(removed(seen)).isEqualTo(address(worker));
    assertStartsAnew(worker);
    assertThat(Cluster.get(trainer).isTerminated()).isFalse();
    assertThat(Cluster.get(replay).isTerminated()).isFalse();
    assertThat(api.rights()).as("nobody asked the API server, which is down").isEmpty();
  }
}
