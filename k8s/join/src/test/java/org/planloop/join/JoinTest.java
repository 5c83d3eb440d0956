package org.planloop.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.ClusterNode;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.Joining;
import org.planloop.deploy.cluster.Listening;
import org.planloop.deploy.cluster.NodeSettings;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.Build;
import org.planloop.tls.NodeIdentity;
import org.planloop.tls.TlsSettings;

/** Whole nodes that find one another by the API. */
class JoinTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private FakeApi api;
  private final Map<String, ClusterNode> nodes = new LinkedHashMap<>();
  private Optional<Path> tls = Optional.empty();

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    api = new FakeApi(folder);
    api.set("planloop.cluster.join-stable", "1 s");
  }

  @AfterEach
  void stop() {
    nodes.values().forEach(ClusterNode::stop);
    nodes.values().forEach(node -> node.ended().orTimeout(60, TimeUnit.SECONDS).join());
    api.close();
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  /** A pod of this name and role, whose node starts; its place for questions. */
  private int pod(String role) throws IOException {
    List<Integer> ports = freePorts(2);
    api.runs(role, role, ports.get(1));
    nodes.put(role, node(role, ports.get(0), new Joining.Kubernetes(PODS, 2, ports.get(1))));
    return ports.get(1);
  }

  private static final String PODS = Joining.Kubernetes.PODS;

  private ClusterNode node(String role, int port, Joining joining) {
    return new ClusterNode(
        new NodeSettings(
            "lab",
            Set.of(role),
            Listening.to(new HostPort("127.0.0.1", port)),
            joining,
            folder.resolve(role),
            0,
            1,
            tls,
            Optional.empty()),
        Parts.on(JoinTest.class.getClassLoader()),
        new Build("test", Optional.empty()),
        new SimpleMeterRegistry());
  }

  private ClusterNode node(String role) {
    ClusterNode node = nodes.get(role);
    assertThat(node).isNotNull();
    return node;
  }

  private boolean isUp(String role) {
    return node(role).view().ready().stream()
        .anyMatch(check -> check.part().equals("member") && check.trouble().isEmpty());
  }

  /** Members as a node without a trainer's answer sees them. */
  private List<String> members(String role) {
    List<String> addresses = new ArrayList<>();
    node(role)
        .view()
        .status()
        .members()
        .members()
        .forEach(member -> addresses.add(member.address()));
    addresses.sort(null);
    return addresses;
  }

  private static void await(String what, BooleanSupplier holds) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(until);
    }
  }

  @ParameterizedTest
  @CsvSource({"trainer, replay", "replay, trainer"})
  void twoNodesOfTheCoreFormOneClusterInEitherOrder(String first, String second)
      throws IOException {
    pod(first);
    api.awaitAsked(4, verb -> verb.equals("list pods"));
    assertThat(isUp(first)).as("alone it is no majority").isFalse();
    pod(second);
    await("both are up", () -> isUp(first) && isUp(second));
    await("both see two", () -> members(first).size() == 2 && members(second).size() == 2);
    assertThat(members(first)).isEqualTo(members(second));
    assertThat(api.rights()).containsExactly("list pods");
  }

  @Test
  void workersJoinAndNeverBegin() throws IOException {
    pod("worker");
    api.awaitAsked(5, verb -> verb.equals("list pods"));
    assertThat(isUp("worker")).isFalse();
    pod("trainer");
    api.awaitAsked(6, verb -> verb.equals("list pods"));
    assertThat(isUp("worker") || isUp("trainer"))
        .as("a trainer and a worker are no majority of the core")
        .isFalse();
    pod("replay");
    await("all are up", () -> isUp("worker") && isUp("trainer") && isUp("replay"));
    await("one cluster", () -> members("worker").size() == 3 && members("trainer").size() == 3);
  }

  @Test
  void aNodeThatComesBackJoinsTheClusterThatThereIs() throws IOException {
    pod("trainer");
    pod("replay");
    await("both are up", () -> isUp("trainer") && isUp("replay"));
    ClusterNode gone = node("replay");
    gone.stop();
    assertThat(gone.ended().orTimeout(60, TimeUnit.SECONDS).join()).isZero();
    api.gone("replay");
    pod("replay");
    await("it is back", () -> isUp("replay"));
    await("one cluster", () -> members("trainer").size() == 2 && members("replay").size() == 2);
  }

  /** A worker that joins by name. */
  private ClusterNode named(Joining.Resolver resolver) throws IOException {
    HostPort trainer =
        HostPort.parse("--seeds", members("trainer").get(0).replaceAll(".*@", ""), 1);
    return node("worker", freePorts(1).get(0), new Joining.Seeds(List.of(trainer), resolver));
  }

  @Test
  void workersWithSeedsNeedNothingOfTheApiButTheSameResolver() throws IOException {
    pod("trainer");
    pod("replay");
    await("both are up", () -> isUp("trainer") && isUp("replay"));
    ClusterNode other = named(Joining.Resolver.SEPARATION);
    assertThat(other.ended().orTimeout(60, TimeUnit.SECONDS).join())
        .as("it is not let in and stops")
        .isZero();
    nodes.put("worker", named(Joining.Resolver.LEASE));
    await("it is up", () -> isUp("worker"));
    assertThat(members("worker")).hasSize(3);
  }

  @Test
  void nodesTellTheirClusterToThoseWithACertificateAlone()
      throws IOException, GeneralSecurityException, InterruptedException {
    tls = Optional.of(api.certificates);
    int port = pod("trainer");
    pod("replay");
    await("both are up", () -> isUp("trainer") && isUp("replay"));
    URI page = URI.create("https://127.0.0.1:" + port + "/bootstrap/seed-nodes");
    HttpClient stranger = HttpClient.newBuilder().sslContext(trusting(api.certificates)).build();
    HttpRequest question = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(20)).build();
    assertThatThrownBy(() -> stranger.send(question, HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void thePageIsTheOnlyOneAndForReading() throws IOException, InterruptedException {
    int port = pod("trainer");
    HttpClient client = HttpClient.newHttpClient();
    String here = "http://127.0.0.1:" + port;
    HttpRequest page =
        HttpRequest.newBuilder(URI.create(here + "/bootstrap/seed-nodes"))
            .timeout(Duration.ofSeconds(20))
            .build();
    HttpResponse.BodyHandler<String> text = HttpResponse.BodyHandlers.ofString();
    HttpResponse<String> answer = client.send(page, text);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("selfNode").contains("\"seedNodes\":[]");
    assertThat(
            client
                .send(
                    HttpRequest.newBuilder(page.uri())
                        .PUT(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                    text)
                .statusCode())
        .isEqualTo(405);
    for (String other : List.of("/", "/ready", "/alive", "/cluster/members")) {
      HttpRequest elsewhere = HttpRequest.newBuilder(URI.create(here + other)).build();
      assertThat(client.send(elsewhere, text).statusCode()).as(other).isEqualTo(404);
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Joining how = new Joining.Kubernetes(PODS, 2, taken.getLocalPort());
      int port = freePorts(1).get(0);
      assertThatThrownBy(() -> node("trainer", port, how))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("--join-port = " + taken.getLocalPort())
          .hasMessageContaining("is another node running on this port?");
    }
  }

  @Test
  void whoFindsNoClusterInTimeStartsAnew() throws IOException {
    api.set("planloop.cluster.join-within", "2 s");
    pod("worker");
    assertThat(node("worker").ended().orTimeout(60, TimeUnit.SECONDS).join())
        .isEqualTo(ClusterNode.START_ANEW);
    nodes.clear();
  }

  /** Knows the authority, and has no certificate of its own. */
  private static SSLContext trusting(Path certificates)
      throws IOException, GeneralSecurityException {
    NodeIdentity identity = NodeIdentity.read(TlsSettings.ofFolder(certificates), Instant.now());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", identity.authorities().get(0));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
