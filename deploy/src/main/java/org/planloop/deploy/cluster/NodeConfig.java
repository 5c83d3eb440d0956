package org.planloop.deploy.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.cluster.Roles;
import org.planloop.tls.NodeIdentity;
import org.planloop.tls.TlsSettings;
import org.slf4j.LoggerFactory;

/** Pekko's settings of nodes and of those who speak to them. */
final class NodeConfig {
  /** Raised whenever nodes of before and after do not understand each other. */
  private static final int PROTOCOL = 1;

  /** Of every process that speaks to others. */
  private static final String COMMON =
      """
      pekko.loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
      pekko.logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
      pekko.stdout-loglevel = OFF
      pekko.log-dead-letters = off
      pekko.log-dead-letters-during-shutdown = off
      pekko.actor.provider = cluster
      pekko.actor.allow-java-serialization = off
      pekko.jvm-shutdown-hooks = off
      pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
      pekko.coordinated-shutdown.exit-jvm = off
      pekko.cluster.jmx.enabled = off
      pekko.cluster.downing-provider-class = "org.planloop.cluster.SeparationDowning"
      # A member removed after it left in peace is no reason for anybody to stop.
      pekko.remote.artery.propagate-harmless-quarantine-events = off
      # Nobody needs to connect to a host that is gone more often than this.
      pekko.remote.artery.advanced.outbound-restart-backoff = 500 ms
      # Long enough for young JVMs that share few processors: attempts given up half way would be begun again, and none would
      # end. Short enough for a host that comes back: the kernel knocks at once and after 1, 3 and 7 s, and a new attempt begins anew.
      pekko.remote.artery.advanced.tcp.connection-timeout = 6 s
      # Names of actors are written out. Pekko's short numbers for the names that are sent to most come into use after a
      # minute, and number what was there when the first messages came: of an actor that was not there yet, nothing, for ever.
      pekko.remote.artery.advanced.compression.actor-refs.max = off
      pekko.remote.artery.advanced.compression.manifests.max = off
      """;

  private static final String NODE =
      """
      pekko.loglevel = INFO
      # Every third packet may be lost without anybody being thought dead; jobs do not wait for it.
      pekko.cluster.failure-detector.acceptable-heartbeat-pause = 8 s
      pekko.cluster.failure-detector.threshold = 12
      pekko.cluster.gossip-interval = 500 ms
      pekko.cluster.leader-actions-interval = 500 ms
      pekko.cluster.seed-node-timeout = 6 s
      pekko.cluster.retry-unsuccessful-join-after = 3 s
      # Workers get eight seconds for their jobs when the process is told to go.
      pekko.coordinated-shutdown.phases.service-unbind.timeout = 12 s
      pekko.cluster.configuration-compatibility-check.checkers.planloop = "org.planloop.cluster.ProtocolCheck"
      """;

  /** Of a cluster in which a lease decides; every node has it, or it is not let in. */
  private static final String LEASE =
      """
      pekko.cluster.downing-provider-class = "org.planloop.cluster.LeaseDowning"
      pekko.cluster.split-brain-resolver.active-strategy = lease-majority
      # However often workers come and go, nobody stops for it.
      pekko.cluster.split-brain-resolver.down-all-when-unstable = off
      """;

  private static final String CLIENT =
      """
      pekko.loglevel = ERROR
      """;

  private NodeConfig() {}

  /** Of a node. */
  static Config node(NodeSettings settings) {
    List<String> roles = new ArrayList<>(settings.roles());
    if (settings.has(Roles.REPLAY)) {
      roles.add(Roles.shard(settings.shard()));
    }
    boolean lease = settings.joining().resolver() == Joining.Resolver.LEASE;
    if (lease && settings.core()) {
      roles.add(Roles.CORE);
    }
    return listening(settings.listening(), settings.tls())
        .withValue("pekko.cluster.roles", ConfigValueFactory.fromIterable(roles))
        .withValue("planloop.cluster.protocol", ConfigValueFactory.fromAnyRef(PROTOCOL))
        .withFallback(joining(settings))
        .withFallback(ConfigFactory.parseString(lease ? LEASE : ""))
        .withFallback(ConfigFactory.parseString(NODE))
        .withFallback(ConfigFactory.parseString(COMMON))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  private static Config joining(NodeSettings settings) {
    if (settings.joining() instanceof Joining.Kubernetes how) {
      return KubernetesJoining.installed().config(settings, how);
    }
    List<String> seeds =
        seeds(settings).stream()
            .map(seed -> protocol() + "://" + settings.cluster() + "@" + seed)
            .toList();
    return ConfigFactory.empty()
        .withValue("pekko.cluster.seed-nodes", ConfigValueFactory.fromIterable(seeds));
  }

  /** Nodes that are known by name; none where the Kubernetes API is asked for them. */
  static List<HostPort> seeds(NodeSettings settings) {
    return settings.joining() instanceof Joining.Seeds named ? named.seeds() : List.of();
  }

  /** Of one who speaks to a cluster without belonging to it. */
  static Config client(Listening listening, Optional<Path> tls) {
    return listening(listening, tls)
        .withFallback(ConfigFactory.parseString(CLIENT))
        .withFallback(ConfigFactory.parseString(COMMON))
        .withFallback(ConfigFactory.load());
  }

  /** The scheme of addresses. */
  static String protocol() {
    return "pekko";
  }

  private static Config listening(Listening listening, Optional<Path> tls) {
    // Read here, a bad file is refused in one line; later it would break the actor system.
    tls.map(TlsSettings::ofFolder)
        .ifPresent(
            files ->
                NodeIdentity.read(files, Instant.now())
                    .warnings()
                    .forEach(LoggerFactory.getLogger(NodeConfig.class)::warn));
    // Before any actor logs: what is logged while the logger starts would be announced with a
    // warning.
    var unused = LoggerFactory.getILoggerFactory();
    HostPort reached = listening.reached();
    Config config =
        tls.map(folder -> TlsSettings.ofFolder(folder).toConfig())
            .orElse(ConfigFactory.parseString("pekko.remote.artery.transport = tcp"))
            .withValue(
                "pekko.remote.artery.canonical.hostname",
                ConfigValueFactory.fromAnyRef(reached.host()))
            .withValue(
                "pekko.remote.artery.canonical.port",
                ConfigValueFactory.fromAnyRef(reached.port()));
    return listening
        .here()
        .map(
            address ->
                config.withValue(
                    "pekko.remote.artery.bind.hostname", ConfigValueFactory.fromAnyRef(address)))
        .orElse(config);
  }
}
