package org.planloop.join;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.planloop.deploy.certs.CertificateFolder;
import org.planloop.deploy.certs.Host;
import org.planloop.deploy.certs.TestAuthority;
import org.planloop.tls.NodeIdentity;
import org.planloop.tls.TlsSettings;

/**
 * As much of an API server as nodes ask for: pods by label, and leases with versions. Answers over
 * TLS, to whoever shows the token, as Kubernetes does; refuses what Kubernetes would refuse.
 */
final class FakeApi implements AutoCloseable {
  static final String NAMESPACE = "lab";

  /** Variables with ports that the build has found free, one for each test process. */
  private static final List<String> PORTS =
      List.of("PLANLOOP_TEST_API_PORT_1", "PLANLOOP_TEST_API_PORT_2");

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PODS = "/api/v1/namespaces/lab/pods";
  private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/lab/leases";

  /** Of the cluster's own authority: nodes' certificates too. */
  final Path certificates;

  private final Path tokenFile;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, ObjectNode> pods = new HashMap<>();
  private final Map<String, ObjectNode> leases = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final Map<String, String> properties = new HashMap<>();
  private String token = "first";
  private int version = 1000;
  private boolean broken;

  FakeApi(Path folder) throws IOException, GeneralSecurityException {
    CertificateFolder authority = new CertificateFolder(folder.resolve("pki"));
    TestAuthority signer = authority.createAuthority("lab", Instant.now());
    Host host = Host.of("127.0.0.1");
    authority.issue(signer, host, Instant.now(), Duration.ofDays(1));
    certificates = authority.folderOf(host);
    tokenFile = folder.resolve("token");
    Files.writeString(tokenFile, token);
    server = listening();
    int port = server.getAddress().getPort();
    String portName = PORTS.stream().filter(name -> port(name) == port).findFirst().orElseThrow();
    server.setHttpsConfigurator(new HttpsConfigurator(tls(certificates)));
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    String discovery = "pekko.discovery.kubernetes-api.";
    set(discovery + "api-service-host-env-name", "PLANLOOP_TEST_API_HOST");
    set(discovery + "api-service-port-env-name", portName);
    set(discovery + "pod-namespace", NAMESPACE);
    String lease = "pekko.coordination.lease.kubernetes.";
    set(lease + "api-service-host", "127.0.0.1");
    set(lease + "api-service-port", Integer.toString(port));
    set(lease + "namespace", NAMESPACE);
    for (String who : List.of(discovery, lease)) {
      set(who + "api-ca-path", authority.authorityFile().toString());
      set(who + "api-token-path", tokenFile.toString());
    }
  }

  private static HttpsServer listening() throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    BindException taken = null;
    for (String name : PORTS) {
      try {
        return HttpsServer.create(new InetSocketAddress(here, port(name)), 0);
      } catch (BindException e) {
        // By the other test process.
        taken = e;
      }
    }
    throw new IOException("all ports are taken: " + PORTS, taken);
  }

  private static int port(String name) {
    return Integer.parseInt(System.getenv(name));
  }

  /** A key of every configuration that is made from now on. */
  void set(String key, String value) {
    properties.put(key, value);
    System.setProperty(key, value);
    ConfigFactory.invalidateCaches();
  }

  private static SSLContext tls(Path folder) throws IOException, GeneralSecurityException {
    NodeIdentity identity = NodeIdentity.read(TlsSettings.ofFolder(folder), Instant.now());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), new char[0], identity.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /**
   * A pod that runs.
   *
   * @param component as its label says
   * @param port that it calls {@code join}
   */
  synchronized void runs(String name, String component, int port) {
    ObjectNode pod = JSON.createObjectNode();
    ObjectNode labels = pod.putObject("metadata").put("name", name).putObject("labels");
    labels.put("app.kubernetes.io/part-of", "planloop");
    labels.put("app.kubernetes.io/component", component);
    ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
    container.put("name", "planloop").put("image", "planloop:test");
    ArrayNode ports = container.putArray("ports");
    ports.addObject().put("name", "cluster").put("containerPort", 25520).put("protocol", "TCP");
    ports.addObject().put("name", "join").put("containerPort", port).put("protocol", "TCP");
    ObjectNode status = pod.putObject("status").put("phase", "Running").put("podIP", "127.0.0.1");
    ObjectNode state = status.putArray("containerStatuses").addObject().put("name", "planloop");
    state.put("ready", false).putObject("state").putObject("running").put("startedAt", "now");
    pods.put(name, pod);
    notifyAll();
  }

  /** A pod that is gone. */
  synchronized void gone(String name) {
    pods.remove(name);
  }

  /** Whether it answers with errors alone. */
  synchronized void breaks(boolean breaks) {
    broken = breaks;
    notifyAll();
  }

  /** Another token from now on; the one before is refused. */
  synchronized void rotates(String next) throws IOException {
    token = next;
    Files.writeString(tokenFile, next);
  }

  /** Who holds a lease; empty for nobody, or if there is none. */
  synchronized String holder(String lease) {
    ObjectNode found = leases.get(lease);
    return found == null ? "" : found.path("spec").path("holderIdentity").asText();
  }

  /** What was asked for so far, each once: VERB RESOURCE. */
  synchronized Set<String> rights() {
    return new TreeSet<>(asked);
  }

  /** Waits until so many more questions match. */
  synchronized void awaitAsked(int more, Predicate<String> question) {
    long already = asked.stream().filter(question).count();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (asked.stream().filter(question).count() < already + more) {
      long left = (until - System.nanoTime()) / 1_000_000;
      assertThat(left).as("waited for questions to the API").isPositive();
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      JsonNode sent = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
      Answer answer = answer(exchange, sent);
      byte[] text = JSON.writeValueAsBytes(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), text.length);
      exchange.getResponseBody().write(text);
    }
  }

  private record Answer(int status, JsonNode body) {}

  private static Answer refused(int code, String message) {
    ObjectNode status = JSON.createObjectNode().put("kind", "Status").put("status", "Failure");
    return new Answer(code, status.put("code", code).put("message", message));
  }

  private synchronized Answer answer(HttpExchange exchange, JsonNode sent) {
    String path = exchange.getRequestURI().getPath();
    String name = path.startsWith(LEASES + "/") ? path.substring(LEASES.length() + 1) : "";
    String verb = verb(exchange.getRequestMethod(), path);
    asked.add(verb);
    notifyAll();
    if (broken) {
      return refused(503, "the server is starting");
    }
    if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      return refused(401, "Unauthorized");
    }
    return switch (verb) {
      case "list pods" -> pods(String.valueOf(exchange.getRequestURI().getRawQuery()));
      case "get leases" ->
          leases.containsKey(name)
              ? new Answer(200, leases.get(name))
              : refused(404, "leases \"" + name + "\" not found");
      case "create leases" -> create(sent);
      case "update leases" -> update(name, sent);
      default -> refused(403, "forbidden: " + verb);
    };
  }

  private static String verb(String method, String path) {
    if (path.equals(PODS)) {
      return (method.equals("GET") ? "list" : method) + " pods";
    }
    if (path.startsWith(LEASES)) {
      Map<String, String> verbs = Map.of("GET", "get", "POST", "create", "PUT", "update");
      return verbs.getOrDefault(method, method) + " leases";
    }
    return method + " " + path;
  }

  /** Knows the one selector of the base. */
  private Answer pods(String query) {
    String selector = URLDecoder.decode(query, StandardCharsets.UTF_8);
    if (!selector.equals(
        "labelSelector=app.kubernetes.io/part-of=planloop,"
            + "app.kubernetes.io/component in (trainer,replay)")) {
      return refused(400, "this selector is not known here: " + selector);
    }
    ObjectNode list = JSON.createObjectNode().put("kind", "PodList").put("apiVersion", "v1");
    ArrayNode items = list.putArray("items");
    for (ObjectNode pod : pods.values()) {
      String component =
          pod.path("metadata").path("labels").path("app.kubernetes.io/component").asText();
      if (List.of("trainer", "replay").contains(component)) {
        items.add(pod);
      }
    }
    return new Answer(200, list);
  }

  private Answer create(JsonNode sent) {
    String name = sent.path("metadata").path("name").asText();
    if (leases.containsKey(name)) {
      return refused(409, "leases \"" + name + "\" already exists");
    }
    return stored(name, sent, 201);
  }

  private Answer update(String name, JsonNode sent) {
    ObjectNode before = leases.get(name);
    if (before == null) {
      return refused(404, "leases \"" + name + "\" not found");
    }
    if (!before
        .path("metadata")
        .path("resourceVersion")
        .equals(sent.path("metadata").path("resourceVersion"))) {
      return refused(409, "the object has been modified");
    }
    return stored(name, sent, 200);
  }

  private Answer stored(String name, JsonNode sent, int status) {
    String time = sent.path("spec").path("acquireTime").asText();
    if (!name.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
        || !sent.path("kind").asText().equals("Lease")
        || !sent.path("apiVersion").asText().equals("coordination.k8s.io/v1")
        || !time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z")) {
      return refused(400, "the object is no Lease: " + sent);
    }
    ObjectNode lease = sent.deepCopy();
    ObjectNode metadata = (ObjectNode) lease.get("metadata");
    metadata.put("resourceVersion", Integer.toString(++version)).put("namespace", NAMESPACE);
    metadata.put("uid", "0b3f").put("creationTimestamp", "2026-01-01T00:00:00Z");
    metadata.putArray("managedFields").addObject().put("manager", "pekko-http");
    leases.put(name, lease);
    return new Answer(status, lease);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    properties.keySet().forEach(System::clearProperty);
    ConfigFactory.invalidateCaches();
  }
}
