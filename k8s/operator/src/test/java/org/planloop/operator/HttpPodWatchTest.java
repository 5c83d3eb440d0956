package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.cluster.RemoteCampaigns;

class HttpPodWatchTest {
  /** The server tells the time as it is. */
  private final Instant now = Instant.now().minusSeconds(300);

  private static final String TOKEN = "c2VjcmV0"; // secret

  private final FakeCluster cluster = new FakeCluster();
  private final BlockingQueue<Campaign> news = new ArrayBlockingQueue<>(8);
  private final Map<String, String> pages = new ConcurrentHashMap<>();
  private final Campaign campaign = Campaigns.plain("a");
  private HttpServer server;
  private HttpPodWatch watch;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String shown = exchange.getRequestHeaders().getFirst("Authorization");
          boolean open = path.startsWith("/health") || "Bearer secret".equals(shown);
          byte[] body =
              (open ? pages.getOrDefault(path, "") : "show the token")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(open ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    watch =
        new HttpPodWatch(
            new Credentials(cluster), () -> now, news::add, server.getAddress().getPort());
    cluster.put(
        Campaigns.object(
            "{apiVersion: v1, kind: Secret, metadata: {name: a-http, namespace: lab}, data: {token: "
                + TOKEN
                + "}}",
            Secret.class));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static Pod pod(String name, String component, boolean ready) {
    return Campaigns.object(
        "{apiVersion: v1, kind: Pod, metadata: {name: "
            + name
            + ", labels: {app.kubernetes.io/component: "
            + component
            + "}}, status: {phase: Running, podIP: 127.0.0.1, conditions: [{type: Ready, status: '"
            + (ready ? "True" : "False")
            + "'}]}}",
        Pod.class);
  }

  private static Observed observed(Pod... pods) {
    return new Observed(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(pods),
        List.of());
  }

  private Seen answer(Observed observed) throws InterruptedException {
    assertThat(watch.ask(campaign, observed)).isEqualTo(Seen.NOTHING);
    assertThat(news.poll(20, TimeUnit.SECONDS)).isNotNull();
    return watch.ask(campaign, observed);
  }

  @Test
  void theTrainersStatusIsReadOfThisCampaignAlone() throws InterruptedException {
    String id = "pole-" + RemoteCampaigns.mark(new Names("lab", "a").submission(campaign.wanted()));
    pages.put(
        "/status",
        "{\"campaigns\": [{\"campaign\": \"old-00000000\", \"phase\": \"RUNNING\"}, {\"campaign\":"
            + " \"done-00000000\", \"phase\": \"FINISHED\"}, {\"campaign\": \""
            + id
            + "\", \"phase\": \"RUNNING\", \"reason\": \"\", \"iteration\": 3, \"iterations\": 8,"
            + " \"env_steps\": 600, \"best_return_mean\": -1.5, \"best_return_ci95\": 0.25,"
            + " \"jobs_waiting\": 1, \"jobs_flying\": 2}]}");
    Seen seen = answer(observed(pod("a-trainer-0", "trainer", true)));
    assertThat(seen.progress())
        .contains(new Seen.Progress(id, "RUNNING", "", 3, 8, 600, -1.5, 0.25, 1, 2));
    assertThat(Standing.interval(seen.progress().orElseThrow())).isEqualTo("-1.50 [-1.75, -1.25]");
    assertThat(seen.others()).containsExactly("old-00000000");
    assertThat(seen.skew().orElseThrow().toMinutes()).isBetween(5L, 60L);
    assertThat(seen.trouble()).isEmpty();
  }

  @Test
  void podsThatAreNotReadyAreAskedWhatIsWrong() throws InterruptedException {
    pages.put(
        "/health/ready", "member: ok\ndisk: /data takes no writes: No space left on device\n");
    Seen seen =
        answer(observed(pod("a-trainer-0", "trainer", false), pod("a-replay-0", "replay", false)));
    assertThat(seen.parts())
        .containsOnlyKeys("a-trainer-0", "a-replay-0")
        .containsEntry(
            "a-replay-0", List.of("disk: /data takes no writes: No space left on device"));
  }

  @Test
  void whoGetsNoAnswerSaysWhy() throws InterruptedException {
    cluster.objects.clear();
    Seen seen = answer(observed(pod("a-trainer-0", "trainer", true)));
    assertThat(seen.trouble().orElseThrow()).contains("401", "show the token");
    assertThat(seen.troubleSince()).contains(now);
  }

  @Test
  void withoutATrainerNobodyIsAsked() {
    assertThat(watch.ask(campaign, observed())).isEqualTo(Seen.NOTHING);
    assertThat(watch.ask(campaign, observed(pod("a-worker-0", "worker", true))))
        .isEqualTo(Seen.NOTHING);
    assertThat(news).isEmpty();
  }
}
