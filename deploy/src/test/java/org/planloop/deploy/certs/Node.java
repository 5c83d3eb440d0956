package org.planloop.deploy.certs;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.tls.TlsSettings;

/** An actor system on loopback that writes down what it is told. */
final class Node implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private static final Duration STOPPING = Duration.ofSeconds(5);

  private static final String LOOPBACK =
      """
      pekko.actor.provider = remote
      pekko.remote.artery.transport = tcp
      pekko.remote.artery.canonical.hostname = "127.0.0.1"
      pekko.remote.artery.canonical.port = 0
      pekko.remote.artery.advanced.outbound-restart-backoff = 100 ms
      pekko.remote.warn-about-direct-use = off
      pekko.loglevel = OFF
      pekko.stdout-loglevel = OFF
      pekko.jvm-shutdown-hooks = off
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      """;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final ActorSystem<String> system;

  private Node(String name, Config transport) {
    system =
        ActorSystem.create(
            Behaviors.receiveMessage(
                text -> {
                  heard.add(text);
                  return Behaviors.same();
                }),
            name,
            transport
                .withFallback(ConfigFactory.parseString(LOOPBACK))
                .withFallback(ConfigFactory.load()));
  }

  static Node withTls(String name, TlsSettings files) {
    return new Node(name, files.toConfig());
  }

  static Node plain(String name) {
    return new Node(name, ConfigFactory.empty());
  }

  int port() {
    return (Integer) Adapter.toClassic(system).provider().getDefaultAddress().port().get();
  }

  /** Where it is reached. */
  String path() {
    return ActorRefResolver.get(system).toSerializationFormat(system);
  }

  void tell(Node other, String text) {
    tell(other.path(), text);
  }

  void tell(String path, String text) {
    ActorRefResolver.get(system).<String>resolveActorRef(path).tell(text);
  }

  /** What came next. */
  String hear() throws InterruptedException {
    String text = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (text == null) {
      throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
    }
    return text;
  }

  @Override
  public void close() {
    // With any engine, in about one of a hundred cases, Pekko 1.2 does not end a system in 10 s
    // whose TLS connection was made right before. What ends when is not what is tested here.
    ActorTestKit.shutdown(system, STOPPING, false);
  }
}
