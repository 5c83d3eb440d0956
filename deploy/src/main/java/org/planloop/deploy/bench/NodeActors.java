package org.planloop.deploy.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.planloop.deploy.certs.CertificateFolder;
import org.planloop.deploy.certs.Host;
import org.planloop.tls.TlsSettings;

/** Actor systems of benchmarks: quiet, and gone when they are closed. */
final class NodeActors {
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String QUIET =
      """
      pekko.loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
      pekko.logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
      pekko.loglevel = ERROR
      pekko.stdout-loglevel = OFF
      pekko.log-dead-letters = off
      pekko.log-dead-letters-during-shutdown = off
      pekko.actor.allow-java-serialization = off
      pekko.jvm-shutdown-hooks = off
      pekko.daemonic = on
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      """;

  /** Settings of a node of a cluster that listens to loopback only. */
  static final Config LOOPBACK =
      ConfigFactory.parseString(
          """
          pekko.actor.provider = cluster
          pekko.remote.artery.transport = tcp
          pekko.remote.artery.canonical.hostname = "127.0.0.1"
          pekko.remote.artery.canonical.port = 0
          pekko.cluster.jmx.enabled = off
          pekko.cluster.gossip-interval = 100 ms
          pekko.cluster.leader-actions-interval = 100 ms
          """);

  private NodeActors() {}

  /**
   * Settings of a node that listens to loopback only and speaks TLS with both sides' certificates,
   * as nodes do between machines.
   *
   * @param folder gets an authority and a node's certificate
   */
  static Config mutualTls(Path folder) {
    CertificateFolder certificates = new CertificateFolder(folder);
    Instant now = Instant.now();
    Host host = Host.of("127.0.0.1");
    certificates.issue(certificates.createAuthority("bench", now), host, now, Duration.ofDays(1));
    return TlsSettings.ofFolder(certificates.folderOf(host)).toConfig().withFallback(LOOPBACK);
  }

  /**
   * Starts a system.
   *
   * @param settings win over the quiet ones
   */
  static <T> ActorSystem<T> start(Behavior<T> guardian, Config settings) {
    Config config =
        settings.withFallback(ConfigFactory.parseString(QUIET)).withFallback(ConfigFactory.load());
    return ActorSystem.create(guardian, "bench", config);
  }

  /** Spawns an actor on a node. */
  static <T> ActorRef<T> spawn(
      ActorSystem<SpawnProtocol.Command> on, Behavior<T> actor, String name, Props props) {
    return await(
        AskPattern.<SpawnProtocol.Command, ActorRef<T>>ask(
                on,
                replyTo -> new SpawnProtocol.Spawn<>(actor, name, props, replyTo),
                PATIENCE,
                on.scheduler())
            .toCompletableFuture(),
        PATIENCE,
        "a node did not answer");
  }

  /**
   * Stops the systems of a cluster, all at once, and waits a while until they have. Over TLS one
   * sometimes waits for ever for its peer's farewell; it ends with the process.
   */
  static void stopAll(List<? extends ActorSystem<?>> systems) {
    systems.forEach(ActorSystem::terminate);
    CompletableFuture<?>[] ends =
        systems.stream()
            .map(system -> system.getWhenTerminated().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends)
        .<Object>thenApply(ended -> true)
        .completeOnTimeout(false, STOP.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  /** Stops a system and waits until it has. */
  static void stop(ActorSystem<?> system) {
    system.terminate();
    var unused =
        await(system.getWhenTerminated().toCompletableFuture(), STOP, "the actors did not stop");
  }

  /**
   * Waits for an answer.
   *
   * @param failure what it means if there is none in time
   */
  static <T> T await(CompletableFuture<T> answer, Duration patience, String failure) {
    try {
      return answer.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(failure + " within " + patience.toSeconds() + " s", e);
    }
  }
}
