package org.planloop.deploy.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.NodeView;
import org.planloop.deploy.http.Page.Answer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET} for a few pages. Threads, connections, sizes and times are bounded: nobody
 * who asks can take more of the node than that, and what is asked about health is not kept waiting
 * by who asks for more.
 */
public final class HttpEndpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);

  private static final int THREADS = 8;
  private static final int CONNECTIONS = 128;
  private static final int BACKLOG = 64;

  /** Of pages that are not quick, at a time. */
  private static final int SLOW_PAGES = 3;

  private static final int LARGEST_BODY = 16 << 20;
  private static final String BEARER = "bearer ";

  /**
   * Bounds that the JDK's server takes from system properties, and reads once. Times in seconds,
   * sizes in bytes.
   */
  private static final Map<String, String> BOUNDS =
      Map.of(
          "jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS),
          "sun.net.httpserver.maxReqHeaders", "50",
          "sun.net.httpserver.maxReqHeaderSize", "16384",
          "sun.net.httpserver.maxReqTime", "5",
          "sun.net.httpserver.maxRspTime", "30",
          "sun.net.httpserver.drainAmount", "16384",
          "sun.net.httpserver.nodelay", "true");

  private final Map<String, Page> pages = new TreeMap<>();
  private final Optional<Token> token;
  private final Runnable onClose;
  private final Semaphore slow = new Semaphore(SLOW_PAGES);
  private final ThreadPoolExecutor threads;
  private final HttpServer server;

  /**
   * Serves a node's pages, and adds meters of node and process to its registry.
   *
   * @throws InvalidInputException if it cannot listen there
   */
  public static HttpEndpoint of(
      HttpSettings settings, NodeView node, PrometheusMeterRegistry registry) {
    node.showIn(registry);
    return new HttpEndpoint(
        settings, NodePages.of(node, registry), new ProcessMeters(registry)::close);
  }

  /**
   * @param onClose runs when it is closed
   */
  HttpEndpoint(HttpSettings settings, List<Page> pages, Runnable onClose) {
    this.onClose = onClose;
    pages.forEach(page -> this.pages.put(page.path(), page));
    this.token = settings.token();
    BOUNDS.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
    try {
      server = HttpServer.create(settings.address(), BACKLOG);
    } catch (IOException e) {
      throw new InvalidInputException(
          "--http "
              + settings.address().getAddress().getHostAddress()
              + ":"
              + settings.address().getPort()
              + ": cannot listen there ("
              + e.getMessage()
              + "); is the port taken, or the address another machine's?",
          e);
    }
    threads = threads();
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** A connection waits for a thread once at most, so that the queue is never full. */
  private static ThreadPoolExecutor threads() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(CONNECTIONS),
            task -> {
              Thread thread = new Thread(task, "planloop-http-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      send(exchange, answer(exchange));
    }
  }

  private Answer answer(HttpExchange exchange) {
    Headers headers = exchange.getResponseHeaders();
    if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
      headers.set("Allow", "GET, HEAD");
      return Answer.text(405, "only GET and HEAD are answered here");
    }
    String path = String.valueOf(exchange.getRequestURI().getPath());
    Page page = pages.get(path);
    if ((page == null || !page.open()) && !admitted(exchange.getRequestHeaders())) {
      headers.set("WWW-Authenticate", "Bearer");
      return Answer.text(401, "show the node's token: 'Authorization: Bearer TOKEN'");
    }
    if (page == null) {
      return Answer.text(
          404, "there is no such page; there are " + String.join(" ", pages.keySet()));
    }
    if (page.quick()) {
      return made(page);
    }
    if (!slow.tryAcquire()) {
      headers.set("Retry-After", "1");
      return Answer.text(503, "others ask for as much already; ask again in a second");
    }
    try {
      return made(page);
    } finally {
      slow.release();
    }
  }

  private boolean admitted(Headers headers) {
    if (token.isEmpty()) {
      return true;
    }
    String shown = headers.getFirst("Authorization");
    return shown != null
        && shown.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && token.get().matches(shown.substring(BEARER.length()).strip());
  }

  private static Answer made(Page page) {
    try {
      return page.answer().get();
    } catch (RuntimeException e) {
      LOG.error("{} cannot be shown", page.path(), e);
      return Answer.text(500, page.path() + " cannot be shown; the node's log says why");
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    if (body.length > LARGEST_BODY) {
      String large = "the answer would be larger than " + LARGEST_BODY + " bytes";
      send(exchange, Answer.text(500, large));
      return;
    }
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Stops at once; answers under way are lost. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    onClose.run();
  }
}
