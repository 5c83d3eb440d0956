package org.planloop.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.javaoperatorsdk.operator.RuntimeInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.HostPort;

/** The operator's pages for probes; they tell nothing that needs a token. */
final class OperatorHealth implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int THREADS = 2;

  private final @Nullable HttpServer server;
  private final @Nullable ExecutorService threads;

  private OperatorHealth(@Nullable HttpServer server, @Nullable ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * @param place null for nowhere
   * @throws InvalidInputException if it cannot listen there
   */
  static OperatorHealth show(@Nullable HostPort place, RuntimeInfo operator) {
    if (place == null) {
      return new OperatorHealth(null, null);
    }
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(place.host(), place.port()), BACKLOG);
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      server.setExecutor(threads);
      server.createContext("/", exchange -> answer(exchange, operator));
      server.start();
      return new OperatorHealth(server, threads);
    } catch (IOException e) {
      throw new InvalidInputException(
          "--http " + place + ": cannot listen there (" + e.getMessage() + "); is the port taken?",
          e);
    }
  }

  private static void answer(HttpExchange exchange, RuntimeInfo operator) throws IOException {
    try (exchange) {
      boolean well =
          switch (exchange.getRequestURI().getPath()) {
            case "/health/live" -> !operator.isStarted() || operator.allEventSourcesAreHealthy();
            case "/health/ready", "/health/startup" ->
                operator.isStarted() && operator.allEventSourcesAreHealthy();
            default -> false;
          };
      byte[] body = (well ? "ok\n" : "not well\n").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(well ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    if (server != null && threads != null) {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
