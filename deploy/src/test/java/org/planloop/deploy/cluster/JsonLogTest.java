package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.certs.Pki;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.http.HttpEndpoint;
import org.planloop.deploy.http.HttpSettings;
import org.planloop.deploy.http.Token;
import org.planloop.deploy.report.Build;
import org.planloop.metrics.Meters;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What a node with certificates and a token logs while two campaigns run on it. */
class JsonLogTest {
  private static final String TOKEN = "0123456789abcdef-not-for-the-log";
  private static final List<String> ALWAYS =
      List.of("timestamp", "level", "logger", "thread", "message");

  @TempDir private Path folder;

  private static String submit(ClusterClient cluster, String token, String name) {
    Experiment experiment =
        new ExperimentReader(TestCluster.PARTS)
            .read(
                name,
                new ExperimentReader.Overrides(
                    List.of("campaign.iterations=3"), OptionalLong.of(4), Optional.empty()));
    return cluster.submit(token, experiment.name(), ExperimentWriter.render(experiment));
  }

  private List<String> logged(List<String> campaigns) throws IOException, InterruptedException {
    Path tls = folder.resolve("tls");
    Pki.create().node(tls);
    Path tokenFile = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    assertThat(tokenFile.toFile().setReadable(false, false)).isTrue();
    assertThat(tokenFile.toFile().setReadable(true, true)).isTrue();
    HostPort place = ShownNodes.freePlace();
    try (JsonLines lines = new JsonLines()) {
      var registry = Meters.prometheus();
      ClusterNode node =
          new ClusterNode(
              new NodeSettings(
                  NodeSettings.CLUSTER,
                  Set.of("trainer", "replay", "worker"),
                  place,
                  List.of(place),
                  folder.resolve("data"),
                  0,
                  2,
                  Optional.of(tls)),
              TestCluster.PARTS,
              new Build("test", Optional.empty()),
              registry);
      try (HttpEndpoint endpoint =
              HttpEndpoint.of(
                  HttpSettings.of("0", Optional.of(Token.read(tokenFile))), node.view(), registry);
          ClusterClient cluster =
              new ClusterClient(
                  new ClusterAccess(
                      NodeSettings.CLUSTER, List.of(place), Optional.empty(), Optional.of(tls)))) {
        campaigns.add(submit(cluster, "0a0a0a0a", "helicopter-hover"));
        campaigns.add(submit(cluster, "0b0b0b0b", "counterexample"));
        for (String shown : List.of(TOKEN, TOKEN + "x")) {
          ask(endpoint, shown);
        }
        for (String campaign : campaigns) {
          TestCluster.await(
              "its end", () -> cluster.page(campaign, 0, 0, 0).phase().equals("FINISHED"));
        }
      } finally {
        node.stop();
        assertThat(TestCluster.ended(node)).isZero();
      }
      return lines.all();
    }
  }

  private static void ask(HttpEndpoint endpoint, String token)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + endpoint.address().getPort() + "/status"))
                    .header("Authorization", "Bearer " + token)
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode() == 401).isEqualTo(!token.equals(TOKEN));
  }

  @Test
  void everyLineIsAnObjectThatSaysWhichCampaignAndJobItIsAbout()
      throws IOException, InterruptedException {
    List<String> campaigns = new ArrayList<>();
    List<String> lines = logged(campaigns);
    List<JsonNode> objects = new ArrayList<>();
    for (String line : lines) {
      assertThat(line).endsWith("\n").doesNotContain("\r");
      assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
      JsonNode object = new ObjectMapper().readTree(line);
      ALWAYS.forEach(field -> assertThat(object.has(field)).as(field + " in " + line).isTrue());
      assertThat(Instant.parse(object.get("timestamp").asText())).isAfter("2020-01-01T00:00:00Z");
      objects.add(object);
    }
    aboutJobs(objects, campaigns);
    aboutCampaigns(objects, campaigns);
    noSecretIsIn(lines);
  }

  private static void aboutJobs(List<JsonNode> objects, List<String> campaigns) {
    List<JsonNode> jobs =
        objects.stream().filter(line -> line.get("message").asText().contains("job ")).toList();
    assertThat(
            jobs.stream().map(line -> line.path("campaign").asText()).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(campaigns);
    for (JsonNode line : jobs) {
      assertThat(line.path("job").asText()).matches("[A-Z]+-\\d+/\\d+@v\\d+");
      assertThat(line.path("iteration").isInt()).as(line.toString()).isTrue();
      assertThat(line.path("job").asText()).contains("-" + line.get("iteration").asInt() + "/");
      assertThat(line.path("node").asText()).startsWith("pekko://planloop@127.0.0.1:");
    }
  }

  /** Also that no line has the key of a campaign whose actor was on the thread before. */
  private static void aboutCampaigns(List<JsonNode> objects, List<String> campaigns) {
    for (String campaign : campaigns) {
      List<JsonNode> about =
          objects.stream().filter(line -> line.path("campaign").asText().equals(campaign)).toList();
      assertThat(about.stream().map(line -> line.get("message").asText()))
          .anyMatch(message -> message.startsWith("iteration 3: return "))
          .anyMatch(message -> message.equals("campaign " + campaign + " is finished"));
      for (JsonNode line : about) {
        for (String other : campaigns) {
          assertThat(line.get("message").asText().contains(other) && !other.equals(campaign))
              .as(line.toString())
              .isFalse();
        }
        String actor = line.path("actor").asText();
        assertThat(actor.contains("/campaigns/") && !actor.contains("/" + campaign))
            .as(line.toString())
            .isFalse();
      }
    }
    assertThat(objects)
        .filteredOn(line -> line.get("logger").asText().startsWith("org.apache.pekko."))
        .isNotEmpty()
        .allMatch(line -> !line.has("campaign"));
  }

  private void noSecretIsIn(List<String> lines) throws IOException {
    List<String> secrets = new ArrayList<>(List.of(TOKEN));
    Files.readString(folder.resolve("tls/node.key"))
        .lines()
        .filter(line -> !line.startsWith("-----"))
        .forEach(secrets::add);
    assertThat(secrets).hasSizeGreaterThan(1);
    for (String line : lines) {
      assertThat(secrets).as(line).noneMatch(line::contains);
    }
  }

  @Test
  void aStackTraceIsInItsLineAndBounded() throws IOException {
    Exception deep = new IllegalStateException("first\nsecond \"quoted\"");
    for (int i = 0; i < 200; i++) {
      deep = new IllegalStateException("and so\non " + i, deep);
    }
    String line;
    try (JsonLines lines = new JsonLines()) {
      MDC.put("password", "not among the keys");
      LoggerFactory.getLogger("org.planloop.test").error("it\nbroke", deep);
      MDC.remove("password");
      line = lines.all().get(0);
    }
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line).hasSizeLessThan(16384).doesNotContain("not among the keys");
    JsonNode object = new ObjectMapper().readTree(line);
    assertThat(object.get("message").asText()).isEqualTo("it\nbroke");
    assertThat(object.get("level").asText()).isEqualTo("ERROR");
    assertThat(object.get("stack_trace").asText())
        .contains("second \"quoted\"")
        .contains("\tat " + JsonLogTest.class.getName());
  }
}
