package org.planloop.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.http.Page.Answer;

class HttpEndpointTest {
  private static final String SECRET = "a-secret-of-some-length";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final CountDownLatch closed = new CountDownLatch(1);
  private HttpEndpoint endpoint;

  @AfterEach
  void stop() {
    if (endpoint != null) {
      endpoint.close();
      assertThat(closed.getCount()).isZero();
    }
  }

  private void serve(Optional<Token> token, Supplier<Answer> slow) {
    endpoint =
        new HttpEndpoint(
            HttpSettings.of("0", token),
            List.of(
                new Page("/health/live", true, true, () -> Answer.text(200, "live")),
                new Page("/health/ready", true, true, () -> Answer.text(503, "worker: no")),
                new Page("/metrics", false, false, () -> Answer.ok("text/x", "m 1\n")),
                new Page("/slow", false, false, slow)),
            closed::countDown);
  }

  private void serve() {
    serve(Optional.empty(), () -> Answer.text(200, "slow"));
  }

  private Token token() throws IOException {
    Path file = folder.resolve("token");
    Files.writeString(file, SECRET + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Token.read(file);
  }

  private HttpRequest.Builder request(String path) {
    InetSocketAddress address = endpoint.address();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private CompletableFuture<Integer> later(String path) {
    return client
        .sendAsync(request(path).build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(HttpResponse::statusCode);
  }

  @Test
  void pagesAreShownWithTheirStatusAndType() throws Exception {
    serve();
    HttpResponse<String> metrics = send(request("/metrics?x=1").GET());
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body()).isEqualTo("m 1\n");
    assertThat(metrics.headers().firstValue("Content-Type")).contains("text/x");
    HttpResponse<String> ready = send(request("/health/ready").GET());
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).isEqualTo("worker: no\n");
    HttpResponse<String> head = send(request("/metrics").method("HEAD", noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length")).contains("4");
  }

  private static HttpRequest.BodyPublisher noBody() {
    return HttpRequest.BodyPublishers.noBody();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE2"})
  void otherMethodsAreRefused(String method) throws Exception {
    serve();
    HttpResponse<String> response = send(request("/metrics").method(method, noBody()));
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics/", "/metricsx", "/health", "/health/live/../../metrics"})
  void otherPathsAreNotThere(String path) throws Exception {
    serve();
    HttpResponse<String> response = send(request(path).GET());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("/health/live").contains("/metrics");
  }

  @Test
  void aTokenIsAskedForWhereThereIsOne() throws Exception {
    serve(Optional.of(token()), () -> Answer.text(200, "slow"));
    for (String path : List.of("/metrics", "/slow", "/nowhere")) {
      HttpResponse<String> missing = send(request(path));
      assertThat(missing.statusCode()).isEqualTo(401);
      assertThat(missing.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(missing.body()).doesNotContain(SECRET).doesNotContain("m 1");
      for (String wrong :
          List.of("Bearer " + SECRET + "x", "Bearer ", "Basic " + SECRET, SECRET, "Bearer")) {
        assertThat(send(request(path).header("Authorization", wrong)).statusCode())
            .as(wrong)
            .isEqualTo(401);
      }
    }
    for (String right : List.of("Bearer " + SECRET, "bearer  " + SECRET)) {
      assertThat(send(request("/metrics").header("Authorization", right)).body())
          .isEqualTo("m 1\n");
    }
    assertThat(send(request("/nowhere").header("Authorization", "Bearer " + SECRET)).statusCode())
        .isEqualTo(404);
    assertThat(send(request("/health/live")).body()).isEqualTo("live\n");
    assertThat(send(request("/health/ready")).statusCode()).isEqualTo(503);
  }

  @Test
  void whatBreaksIsTheNodesOwnBusiness() throws Exception {
    serve(
        Optional.empty(),
        () -> {
          throw new IllegalStateException("private");
        });
    HttpResponse<String> response = send(request("/slow"));
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("/slow").doesNotContain("private");
  }

  @Test
  void tooLargeAnAnswerIsNotSent() throws Exception {
    String large = "x".repeat((16 << 20) + 1);
    serve(Optional.empty(), () -> Answer.text(200, large));
    HttpResponse<String> response = send(request("/slow"));
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("larger than");
  }

  @Test
  void slowPagesWaitForEachOtherAndHealthForNobody() throws Exception {
    CountDownLatch entered = new CountDownLatch(3);
    CountDownLatch go = new CountDownLatch(1);
    serve(
        Optional.empty(),
        () -> {
          entered.countDown();
          await(go);
          return Answer.text(200, "slow");
        });
    List<CompletableFuture<Integer>> three =
        List.of(later("/slow"), later("/slow"), later("/slow"));
    await(entered);

    HttpResponse<String> fourth = send(request("/slow"));
    assertThat(fourth.statusCode()).isEqualTo(503);
    assertThat(fourth.headers().firstValue("Retry-After")).contains("1");
    assertThat(send(request("/health/live")).statusCode()).isEqualTo(200);
    go.countDown();
    for (CompletableFuture<Integer> one : three) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    }
    assertThat(send(request("/slow")).statusCode()).isEqualTo(200);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("planloop-http-"))
        .count();
  }

  @Test
  void manyConnectionsTakeNoMoreThreads() throws Exception {
    serve();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        RawClient one = new RawClient(endpoint.address());
        clients.add(one);
        one.send("GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(threads()).isLessThanOrEqualTo(8);
      }
      for (RawClient one : clients) {
        assertThat(one.rest()).startsWith("HTTP/1.1 200 OK").endsWith("live\n");
      }
    } finally {
      for (RawClient one : clients) {
        one.close();
      }
    }
    assertThat(threads()).isBetween(1L, 8L);
  }

  /** Beyond its bound the server hangs up, and takes others again once these have gone. */
  @Test
  void connectionsAreBounded() throws Exception {
    serve();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 128; i++) {
        clients.add(new RawClient(endpoint.address()));
      }
      try (RawClient surplus = new RawClient(endpoint.address())) {
        surplus.push("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(surplus.rest()).isEmpty();
      }
    } finally {
      for (RawClient one : clients) {
        one.close();
      }
    }
    HttpResponse<String> after = null;
    for (int attempt = 0; after == null; attempt++) {
      try {
        after = send(request("/health/live"));
      } catch (IOException e) {
        assertThat(attempt).as("the server takes connections again").isLessThan(10_000);
      }
    }
    assertThat(after.statusCode()).isEqualTo(200);
  }

  @Test
  void whoSendsTooSlowlyIsCutOff() throws Exception {
    serve();
    try (RawClient idle = new RawClient(endpoint.address());
        RawClient half = new RawClient(endpoint.address())) {
      half.send("GET /health/live HTTP/1.1\r\nHost: a\r\nX-");
      assertThat(half.rest()).doesNotContain("200");
      assertThat(idle.rest()).doesNotContain("200");
    }
    assertThat(send(request("/health/live")).statusCode()).isEqualTo(200);
  }

  @Test
  void longRequestsAreRefused() throws Exception {
    serve();
    String header = "X-A: " + "a".repeat(40_000) + "\r\n";
    String many =
        IntStream.range(0, 60).mapToObj(i -> "X-" + i + ": a\r\n").collect(Collectors.joining());
    for (String request :
        List.of(
            "GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /health/live HTTP/1.1\r\nHost: a\r\n" + header + "\r\n",
            "GET /health/live HTTP/1.1\r\nHost: a\r\n" + many + "\r\n",
            "nonsense\r\n\r\n",
            "GET http://[ HTTP/1.1\r\n\r\n")) {
      try (RawClient one = new RawClient(endpoint.address())) {
        one.push(request);
        assertThat(one.rest()).as(request.substring(0, 8)).doesNotContain(" 200 ");
      }
    }
    assertThat(send(request("/health/live")).statusCode()).isEqualTo(200);
  }

  @Test
  void aPortThatIsTakenIsSaid() {
    serve();
    int port = endpoint.address().getPort();
    HttpSettings same = HttpSettings.of(Integer.toString(port), Optional.empty());
    assertThatThrownBy(() -> new HttpEndpoint(same, List.of(), () -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--http 127.0.0.1:" + port)
        .hasMessageContaining("port taken");
  }
}
