package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.http.HttpEndpoint;
import org.planloop.deploy.http.HttpSettings;
import org.planloop.deploy.report.Build;
import org.planloop.deploy.report.Json;
import org.planloop.metrics.Meters;

/** Real nodes, asked over HTTP. */
class NodeHttpTest {
  private static final Parts PARTS = Parts.on(NodeHttpTest.class.getClassLoader());
  private static final Path PAGE = Path.of("..", "docs", "metrics.md");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Shown> nodes = new ArrayList<>();

  /** A node, and where it is shown. */
  private record Shown(ClusterNode node, HostPort place, HttpEndpoint endpoint, AtomicLong ahead) {
    void stop() {
      node.stop();
      node.ended().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(shown -> shown.node().stop());
    nodes.forEach(Shown::stop);
    nodes.forEach(shown -> shown.endpoint().close());
  }

  private static HostPort freePlace() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new HostPort("127.0.0.1", socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Shown start(Set<String> roles, HostPort seed, HostPort place) {
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
            PARTS,
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
            ahead);
    nodes.add(shown);
    return shown;
  }

  private HttpResponse<String> get(Shown shown, String path) {
    URI uri = URI.create("http://127.0.0.1:" + shown.endpoint().address().getPort() + path);
    try {
      return client.send(
          HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks until it holds; whatever is asked takes its own time. */
  private static void await(String what, BooleanSupplier holds) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(until);
    }
  }

  private void awaitReady(Shown shown) {
    await("ready", () -> get(shown, "/health/ready").statusCode() == 200);
  }

  private Shown readyNode() {
    HostPort place = freePlace();
    Shown shown = start(Set.of("trainer", "replay", "worker"), place, place);
    awaitReady(shown);
    return shown;
  }

  @Test
  void aNodeThatCanDoItsWorkSaysSoForEachRole() {
    Shown shown = readyNode();
    assertThat(get(shown, "/health/ready").body())
        .isEqualTo("member: ok\ntrainer: ok\nreplay: ok\nworker: ok\ndisk: ok\n");
    assertThat(get(shown, "/health/live").body()).isEqualTo("live\n");
    assertThat(get(shown, "/health/startup").statusCode()).isEqualTo(200);
    assertThat(get(shown, "/threads").body()).contains("planloop-http-").contains("  at ");

    shown.stop();
    HttpResponse<String> live = get(shown, "/health/live");
    assertThat(live.statusCode()).isEqualTo(503);
    assertThat(live.body()).isEqualTo("the actor system has stopped\n");
    assertThat(get(shown, "/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void aWorkerWithoutItsClusterHasStartedButIsNotReady() {
    Shown shown = start(Set.of("worker"), freePlace(), freePlace());
    await("started", () -> get(shown, "/health/startup").statusCode() == 200);
    assertThat(get(shown, "/health/live").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = get(shown, "/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body())
        .contains("member: the node is ")
        .contains("worker: there has been no trainer in the cluster yet");
  }

  @Test
  void aWorkerIsReadyUntilItsTrainerHasBeenSilentForAWhile() {
    Shown trainer = readyNode();
    Shown worker = start(Set.of("worker"), trainer.place(), freePlace());
    awaitReady(worker);
    trainer.stop();
    assertThat(get(worker, "/health/ready").body()).contains("worker: ok");

    worker.ahead().addAndGet(TimeUnit.SECONDS.toNanos(60));
    HttpResponse<String> ready = get(worker, "/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).containsPattern("worker: .*trainer.* for \\d+ s\n");
    assertThat(get(worker, "/health/live").statusCode()).isEqualTo(200);
    assertThat(get(worker, "/health/startup").statusCode()).isEqualTo(200);
  }

  @Test
  void aDiskThatTakesNoWritesIsSaid() throws IOException {
    Shown shown = readyNode();
    Path replay = folder.resolve("node-" + shown.place().port()).resolve("replay");
    try (var files = Files.walk(replay)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    shown.ahead().addAndGet(TimeUnit.SECONDS.toNanos(6));
    HttpResponse<String> ready = get(shown, "/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("disk: " + replay + " takes no writes");
  }

  private String campaign(Shown shown) {
    Experiment experiment =
        new ExperimentReader(PARTS)
            .read(
                "counterexample",
                new ExperimentReader.Overrides(List.of(), OptionalLong.of(4), Optional.empty()));
    try (ClusterClient cluster = client(shown)) {
      String id =
          cluster.submit("0123abcd", experiment.name(), ExperimentWriter.render(experiment));
      await("its end", () -> cluster.page(id, 0, 0, 0).phase().equals("FINISHED"));
      return id;
    }
  }

  private static ClusterClient client(Shown shown) {
    return new ClusterClient(
        new ClusterAccess(
            NodeSettings.CLUSTER, List.of(shown.place()), Optional.empty(), Optional.empty()));
  }

  @Test
  void statusAndMetricsOfACampaign() throws IOException {
    Shown shown = readyNode();
    String id = campaign(shown);

    await(
        "the shard's count, which is a second old at most",
        () -> status(shown).at("/replay/0/learner_rows").asInt() == 18);
    ObjectNode status = status(shown);
    try (ClusterClient cluster = client(shown)) {
      assertThat(withoutTimes(status)).isEqualTo(withoutTimes(cluster.status().toJson()));
    }
    assertThat(status.at("/nodes/0/address").asText()).isEqualTo(shown.place().toString());
    assertThat(status.at("/campaigns/0/campaign").asText()).isEqualTo(id);
    assertThat(status.at("/campaigns/0/phase").asText()).isEqualTo("FINISHED");
    assertThat(status.at("/workers/0/jobs").asInt()).isPositive();

    HttpResponse<String> metrics = get(shown, "/metrics");
    assertThat(metrics.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body())
        .contains("planloop_replay_rows{campaign=\"" + id + "\",shard=\"0\",side=\"learner\"} 18.0")
        .contains("jvm_memory_used_bytes{")
        .contains("jvm_threads_live_threads ")
        .contains("process_files_open_files ");
    assertThat(documented()).containsExactlyElementsOf(scraped(metrics.body()));
  }

  private ObjectNode status(Shown shown) {
    try {
      return (ObjectNode) Json.read(get(shown, "/status").body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What changes from one look to the next is left out. */
  private static JsonNode withoutTimes(ObjectNode status) throws IOException {
    return Json.read(
        Json.line(status)
            .replaceAll(
                "\"(seconds_without_progress|flying_seconds|silent_seconds)\":[^,}]*", "\"$1\":0"));
  }

  /** Each of our metrics as its row of the page begins: name, type, labels. */
  private static Set<String> scraped(String text) {
    Map<String, String> types = new TreeMap<>();
    Map<String, Set<String>> labels = new TreeMap<>();
    Matcher type = Pattern.compile("# TYPE (planloop_\\w+) (\\w+)").matcher(text);
    while (type.find()) {
      types.put(type.group(1), type.group(2));
    }
    Matcher sample = Pattern.compile("(?m)^(planloop_\\w+)(?:\\{(.*)\\})? ").matcher(text);
    while (sample.find()) {
      String name = sample.group(1);
      String base = types.containsKey(name) ? name : name.replaceFirst("_(count|sum)$", "");
      Set<String> names = labels.computeIfAbsent(base, unused -> new TreeSet<>());
      Matcher label = Pattern.compile("(\\w+)=\"").matcher(String.valueOf(sample.group(2)));
      while (label.find()) {
        names.add(label.group(1));
      }
    }
    Set<String> rows = new TreeSet<>();
    types.forEach(
        (name, kind) ->
            rows.add(
                "| `"
                    + name
                    + "` | "
                    + kind
                    + " | "
                    + String.join(", ", labels.getOrDefault(name, Set.of()))
                    + " |"));
    return rows;
  }

  private static Set<String> documented() throws IOException {
    Set<String> rows = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `planloop_\\w+` \\| \\w+ \\| [^|]*\\|")
            .matcher(Files.readString(PAGE));
    while (row.find()) {
      rows.add(row.group());
    }
    return rows;
  }
}
