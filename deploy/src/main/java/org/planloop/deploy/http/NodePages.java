package org.planloop.deploy.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.stream.Collectors;
import org.planloop.deploy.cluster.ClusterClient;
import org.planloop.deploy.cluster.NodeView;
import org.planloop.deploy.http.Page.Answer;
import org.planloop.deploy.report.Json;

/** The pages of a node. */
final class NodePages {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private NodePages() {}

  static List<Page> of(NodeView node, PrometheusMeterRegistry registry) {
    return List.of(
        new Page("/health/live", true, true, () -> live(node)),
        new Page("/health/ready", true, true, () -> all("ready", node.ready())),
        new Page("/health/startup", true, true, () -> all("started", node.started())),
        new Page("/metrics", false, false, () -> Answer.ok(PROMETHEUS, registry.scrape())),
        new Page("/status", false, false, () -> status(node)),
        new Page("/threads", false, false, () -> Answer.text(200, node.threads())));
  }

  private static Answer live(NodeView node) {
    return node.dead().map(why -> Answer.text(503, why)).orElseGet(() -> Answer.text(200, "live"));
  }

  /** One line for each part. */
  private static Answer all(String word, List<NodeView.Check> checks) {
    boolean well = checks.stream().allMatch(check -> check.trouble().isEmpty());
    String lines =
        checks.stream()
            .map(check -> check.part() + ": " + check.trouble().orElse("ok"))
            .collect(Collectors.joining("\n"));
    return Answer.text(well ? 200 : 503, lines.isEmpty() ? word : lines);
  }

  private static Answer status(NodeView node) {
    try {
      return Answer.ok("application/json", Json.pretty(node.status().toJson()));
    } catch (ClusterClient.NoAnswerException e) {
      return Answer.text(503, String.valueOf(e.getMessage()));
    }
  }
}
