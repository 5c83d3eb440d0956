package org.planloop.deploy.cluster;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.planloop.deploy.http.HttpEndpoint;
import org.planloop.deploy.http.HttpSettings;
import org.planloop.deploy.report.Build;
import org.planloop.metrics.Meters;

/** Real nodes in this process, each shown over HTTP on loopback. */
final class ShownNodes implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Shown> nodes = new ArrayList<>();

  /**
   * @param folder of the nodes' data
   */
  ShownNodes(Path folder) {
    this.folder = folder;
  }

  /** A node, and where it is shown; {@code ahead} is what its clock is ahead of ours, in ns. */
  record Shown(
      ClusterNode node, HostPort place, HttpEndpoint endpoint, AtomicLong ahead, HttpClient http) {
    HttpResponse<String> get(String path) {
      URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
      try {
        return http.send(
            HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
            HttpResponse.BodyHandlers.ofString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    void awaitReady() {
      TestCluster.await("ready", () -> get("/health/ready").statusCode() == 200);
    }

    ClusterClient client() {
      return new ClusterClient(
          new ClusterAccess(
              NodeSettings.CLUSTER, List.of(place), Optional.empty(), Optional.empty()));
    }

    void stop() {
      node.stop();
      node.ended().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  static HostPort freePlace() {
    return TestCluster.freePorts(1).get(0);
  }

  Shown start(Set<String> roles, HostPort seed, HostPort place) {
    PrometheusMeterRegistry registry = Meters.prometheus();
    ClusterNode node =
        new ClusterNode(
            new NodeSettings(
                NodeSettings.CLUSTER,
                roles,
                place,
                List.of(seed),
                folder.resolve("node-" + place.port()),
                0,
                1,
                Optional.empty()),
            TestCluster.PARTS,
            new Build("test", Optional.empty()),
            registry);
    AtomicLong ahead = new AtomicLong();
    Shown shown =
        new Shown(
            node,
            place,
            HttpEndpoint.of(
                HttpSettings.of("0", Optional.empty()),
                node.view(() -> System.nanoTime() + ahead.get()),
                registry),
            ahead,
            client);
    nodes.add(shown);
    return shown;
  }

  /** A node with all roles, ready. */
  Shown ready() {
    HostPort place = freePlace();
    Shown shown = start(Set.of("trainer", "replay", "worker"), place, place);
    shown.awaitReady();
    return shown;
  }

  @Override
  public void close() {
    nodes.forEach(shown -> shown.node().stop());
    nodes.forEach(Shown::stop);
    nodes.forEach(shown -> shown.endpoint().close());
  }
}
