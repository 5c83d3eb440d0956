package org.planloop.deploy.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;

/** Actor systems of benchmarks: quiet, and gone when they are closed. */
final class NodeActors {
  private static final Duration STOP = Duration.ofSeconds(20);

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
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      """;

  private NodeActors() {}

  /**
   * Starts a system.
   *
   * @param settings HOCON that wins over the quiet ones
   */
  static <T> ActorSystem<T> start(Behavior<T> guardian, String settings) {
    Config config =
        ConfigFactory.parseString(settings)
            .withFallback(ConfigFactory.parseString(QUIET))
            .withFallback(ConfigFactory.load());
    return ActorSystem.create(guardian, "bench", config);
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
