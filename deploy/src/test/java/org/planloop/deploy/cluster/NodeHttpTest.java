package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.cluster.ShownNodes.Shown;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.report.Json;

/** Real nodes, asked over HTTP. */
class NodeHttpTest {
  @TempDir private Path folder;
  private ShownNodes nodes;

  @BeforeEach
  void begin() {
    nodes = new ShownNodes(folder);
  }

  @AfterEach
  void end() {
    nodes.close();
  }

  @Test
  void aNodeThatCanDoItsWorkSaysSoForEachRole() {
    Shown shown = nodes.ready();
    assertThat(shown.get("/health/ready").body())
        .isEqualTo("member: ok\ntrainer: ok\nreplay: ok\nworker: ok\ndisk: ok\n");
    assertThat(shown.get("/health/live").body()).isEqualTo("live\n");
    assertThat(shown.get("/health/startup").statusCode()).isEqualTo(200);
    assertThat(shown.get("/threads").body()).contains("planloop-http-").contains("  at ");

    shown.stop();
    HttpResponse<String> live = shown.get("/health/live");
    assertThat(live.statusCode()).isEqualTo(503);
    assertThat(live.body()).isEqualTo("the actor system has stopped\n");
    assertThat(shown.get("/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void aWorkerWithoutItsClusterHasStartedButIsNotReady() {
    Shown shown = nodes.start(Set.of("worker"), ShownNodes.freePlace(), ShownNodes.freePlace());
    TestCluster.await("started", () -> shown.get("/health/startup").statusCode() == 200);
    assertThat(shown.get("/health/live").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = shown.get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body())
        .contains("member: the node is ")
        .contains("worker: there has been no trainer in the cluster yet");
  }

  @Test
  void aWorkerIsReadyUntilItsTrainerHasBeenSilentForAWhile() {
    Shown trainer = nodes.ready();
    Shown worker = nodes.start(Set.of("worker"), trainer.place(), ShownNodes.freePlace());
    worker.awaitReady();
    trainer.stop();
    assertThat(worker.get("/health/ready").body()).contains("worker: ok");

    worker.ahead().addAndGet(TimeUnit.SECONDS.toNanos(60));
    HttpResponse<String> ready = worker.get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).containsPattern("worker: .*trainer.* for \\d+ s\n");
    assertThat(worker.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(worker.get("/health/startup").statusCode()).isEqualTo(200);
  }

  @Test
  void aDiskThatTakesNoWritesIsSaid() throws IOException {
    Shown shown = nodes.ready();
    Path replay = folder.resolve("node-" + shown.place().port()).resolve("replay");
    try (var files = Files.walk(replay)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    shown.ahead().addAndGet(TimeUnit.SECONDS.toNanos(6));
    HttpResponse<String> ready = shown.get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("disk: " + replay + " takes no writes");
  }

  private String campaign(Shown shown) {
    Experiment experiment =
        new ExperimentReader(TestCluster.PARTS)
            .read(
                "counterexample",
                new ExperimentReader.Overrides(List.of(), OptionalLong.of(4), Optional.empty()));
    try (ClusterClient cluster = shown.client()) {
      String id =
          cluster.submit("0123abcd", experiment.name(), ExperimentWriter.render(experiment));
      TestCluster.await("its end", () -> cluster.page(id, 0, 0, 0).phase().equals("FINISHED"));
      return id;
    }
  }

  @Test
  void statusAndMetricsOfACampaign() throws IOException {
    Shown shown = nodes.ready();
    String id = campaign(shown);

    TestCluster.await(
        "the shard's count, which is a second old at most",
        () -> status(shown).at("/replay/0/learner_rows").asInt() == 18);
    ObjectNode status = status(shown);
    try (ClusterClient cluster = shown.client()) {
      assertThat(withoutTimes(status)).isEqualTo(withoutTimes(cluster.status().toJson()));
    }
    assertThat(status.at("/nodes/0/address").asText()).isEqualTo(shown.place().toString());
    assertThat(status.at("/campaigns/0/campaign").asText()).isEqualTo(id);
    assertThat(status.at("/campaigns/0/phase").asText()).isEqualTo("FINISHED");
    assertThat(status.at("/workers/0/jobs").asInt()).isPositive();

    HttpResponse<String> metrics = shown.get("/metrics");
    assertThat(metrics.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body())
        .contains("planloop_replay_rows{campaign=\"" + id + "\",shard=\"0\",side=\"learner\"} 18.0")
        .contains("jvm_memory_used_bytes{")
        .contains("jvm_threads_live_threads ")
        .contains("process_files_open_files ");
  }

  private ObjectNode status(Shown shown) {
    try {
      return (ObjectNode) Json.read(shown.get("/status").body());
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
}
