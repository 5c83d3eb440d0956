package org.planloop.deploy.cli;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.ClusterNode;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.NodeSettings;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.http.HttpEndpoint;
import org.planloop.deploy.http.HttpSettings;
import org.planloop.deploy.http.Token;
import org.planloop.metrics.Meters;

/** A node from its start to its end, and its HTTP endpoint for as long. */
final class NodeSession {
  private final Context context;
  private final NodeSettings settings;
  private final Parts parts;
  private final Optional<HttpSettings> shown;

  /**
   * @param http where the node is shown, null for nowhere
   * @param tokenFile of those who ask, null where none is needed
   * @throws InvalidInputException if it can be shown there to nobody, or to everybody
   */
  NodeSession(
      Context context,
      NodeSettings settings,
      Parts parts,
      @Nullable String http,
      @Nullable Path tokenFile) {
    this.context = context;
    this.settings = settings;
    this.parts = parts;
    if (http == null && tokenFile != null) {
      throw InvalidInputException.setting(
          "--http-token-file", tokenFile, "say with --http where the node is shown");
    }
    this.shown =
        Optional.ofNullable(http)
            .map(place -> HttpSettings.of(place, Optional.ofNullable(tokenFile).map(Token::read)));
  }

  /** Returns the process's exit code once the node has stopped. */
  int run() {
    if (shown.isEmpty()) {
      return run(node(Meters.simple()), "");
    }
    PrometheusMeterRegistry registry = Meters.prometheus();
    ClusterNode node = node(registry);
    try (HttpEndpoint endpoint = HttpEndpoint.of(shown.get(), node.view(), registry)) {
      String host = shown.get().address().getAddress().getHostAddress();
      HostPort place = new HostPort(host, endpoint.address().getPort());
      return run(node, "; http://" + place + "/status");
    } finally {
      if (!node.ended().isDone()) {
        node.stop();
        await(node.ended());
      }
    }
  }

  private ClusterNode node(MeterRegistry registry) {
    return new ClusterNode(settings, parts, Version.build(), registry);
  }

  private int run(ClusterNode node, String alsoAt) {
    Console console = context.console();
    console.say(
        "node "
            + settings.bind()
            + " of cluster "
            + settings.cluster()
            + ": "
            + settings.roles().stream().sorted().collect(Collectors.joining(", "))
            + alsoAt);
    AtomicInteger signal = new AtomicInteger();
    context
        .signals()
        .listen(
            number -> {
              signal.set(number);
              console.say("stopping; a second signal exits at once");
              node.stop();
            });
    int code = await(node.ended());
    if (signal.get() != 0) {
      return Signals.EXIT_BASE + signal.get();
    }
    if (!node.refusal().isEmpty()) {
      console.fail(node.refusal(), code);
    }
    if (code == ClusterNode.START_ANEW) {
      console.warn("the node has left its cluster and starts anew");
    }
    return code;
  }

  private static int await(CompletableFuture<Integer> ended) {
    try {
      return ended.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the node broke", e.getCause());
    }
  }
}
