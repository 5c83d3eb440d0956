package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.planloop.cluster.Roles;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.objectstore.MemoryObjectStore;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.Build;

/** Nodes of a cluster in this process, each with its own port and folder on loopback. */
final class TestCluster implements AutoCloseable {
  static final Parts PARTS = Parts.on(TestCluster.class.getClassLoader());
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Map<String, HostPort> places = new LinkedHashMap<>();
  private final Map<String, ClusterNode> running = new LinkedHashMap<>();
  private Optional<MemoryObjectStore> store = Optional.empty();

  /**
   * @param folder of the nodes' data
   * @param names trainer, replay-N or worker-N; the first is the first seed
   */
  TestCluster(Path folder, String... names) {
    this.folder = folder;
    List<HostPort> free = freePorts(names.length);
    for (int i = 0; i < names.length; i++) {
      places.put(names[i], free.get(i));
    }
  }

  /** One that comes with Planloop, with seed 4 and some settings of its own. */
  static Experiment experiment(String name, String... settings) {
    return new ExperimentReader(PARTS)
        .read(
            name,
            new ExperimentReader.Overrides(
                List.of(settings), OptionalLong.of(4), Optional.empty()));
  }

  static List<HostPort> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<HostPort> places =
          sockets.stream().map(socket -> new HostPort("127.0.0.1", socket.getLocalPort())).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return places;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Trainer and shards have this object store. */
  TestCluster copyingTo(MemoryObjectStore theirs) {
    store = Optional.of(theirs);
    return this;
  }

  TestCluster startAll() {
    places.keySet().forEach(this::start);
    return this;
  }

  HostPort place(String name) {
    HostPort place = places.get(name);
    assertThat(place).isNotNull();
    return place;
  }

  NodeSettings settings(String name) {
    int dash = name.indexOf('-');
    String role = dash < 0 ? name : name.substring(0, dash);
    int number = dash < 0 ? 0 : Integer.parseInt(name.substring(dash + 1));
    return new NodeSettings(
        NodeSettings.CLUSTER,
        Set.of(role),
        place(name),
        List.copyOf(places.values()),
        folder.resolve(name),
        role.equals(Roles.REPLAY) ? number : 0,
        1,
        Optional.empty());
  }

  ClusterNode start(String name) {
    ClusterNode node =
        store.isEmpty() || name.startsWith(Roles.WORKER)
            ? node(settings(name))
            : copiedNode(settings(name), store.get());
    running.put(name, node);
    return node;
  }

  private static ClusterNode copiedNode(NodeSettings settings, MemoryObjectStore store) {
    return new ClusterNode(
        settings.copiedTo(
            new StoreSettings(new StoreLocation("bucket", "prefix"), Optional.empty(), "r", 3)),
        PARTS,
        new Build("test", Optional.empty()),
        new SimpleMeterRegistry(),
        unused -> store);
  }

  /** A worker that is not among the seeds. */
  ClusterNode nodeBeside(String name) {
    List<HostPort> seeds = List.copyOf(places.values());
    HostPort place = freePorts(1).get(0);
    places.put(name, place);
    ClusterNode node =
        node(
            new NodeSettings(
                NodeSettings.CLUSTER,
                Set.of(Roles.WORKER),
                place,
                seeds,
                folder.resolve(name),
                0,
                1,
                Optional.empty()));
    running.put(name, node);
    return node;
  }

  static ClusterNode node(NodeSettings settings) {
    return new ClusterNode(
        settings, PARTS, new Build("test", Optional.empty()), new SimpleMeterRegistry());
  }

  ClusterNode node(String name) {
    ClusterNode node = running.get(name);
    assertThat(node).isNotNull();
    return node;
  }

  int stop(String name) {
    ClusterNode node = running.remove(name);
    assertThat(node).isNotNull();
    node.stop();
    return ended(node);
  }

  static int ended(ClusterNode node) {
    return node.ended().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  ClusterAccess access() {
    return new ClusterAccess(
        NodeSettings.CLUSTER, List.copyOf(places.values()), Optional.empty(), Optional.empty());
  }

  ClusterClient client() {
    return new ClusterClient(access());
  }

  /** Asks until it holds; fails after a minute. Whatever is asked takes its own time. */
  static void await(String what, BooleanSupplier holds) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(until);
    }
  }

  @Override
  public void close() {
    running.values().forEach(ClusterNode::stop);
    running.values().forEach(TestCluster::ended);
  }
}
