package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.planloop.k8s.Tree.at;
import static org.planloop.k8s.Tree.list;
import static org.planloop.k8s.Tree.map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Rules, dashboard and the autoscaler's metric: made of one source, and about metrics that exist.
 */
class MonitoringTest {
  private static final Path PAGE = Path.of("../docs/metrics.md");
  private static final Path AUTOSCALER = Path.of("components/hpa/autoscaler.yaml");

  /** With it, what is made is written instead of compared. */
  private static final boolean REGENERATE = Boolean.getBoolean("planloop.regenerate");

  /** Metrics of others that we may look at: of the cluster, and of Prometheus. */
  private static final Set<String> FOREIGN =
      Set.of("kube_pod_container_status_restarts_total", "ALERTS");

  private static void isMade(Path file, String text) throws IOException {
    if (REGENERATE) {
      Files.writeString(file, text);
    }
    assertThat(file).hasContent(text);
  }

  @Test
  void theOperatorsRulesAreThePlainOnes() throws IOException {
    isMade(RuleFile.OBJECT, RuleFile.object());
    Map<String, Object> object = RuleFile.parse(RuleFile.object());
    assertThat(at(object, "spec", "groups"))
        .isEqualTo(RuleFile.parse(RuleFile.read(RuleFile.PLAIN)).get("groups"));
  }

  @Test
  void theDashboardIsWhatTheGeneratorMakes() throws IOException {
    isMade(Dashboard.FILE, Dashboard.text());
  }

  @Test
  void theDashboardIsAConfigMapThatGrafanasSidecarFinds() {
    Map<String, Object> map =
        find(overlay("overlays/monitoring"), "ConfigMap", "planloop-dashboard");
    assertThat(at(map, "metadata", "labels", "grafana_dashboard")).isEqualTo("1");
    assertThat(at(map, "data", "planloop.json")).isEqualTo(Dashboard.text());
  }

  @Test
  void panelsLieSideBySideAndEachHasANumber() throws IOException {
    Set<Integer> ids = new HashSet<>();
    Set<String> cells = new HashSet<>();
    for (JsonNode panel : new ObjectMapper().readTree(Dashboard.text()).get("panels")) {
      assertThat(ids.add(panel.get("id").asInt())).isTrue();
      JsonNode place = panel.get("gridPos");
      assertThat(place.get("x").asInt() + place.get("w").asInt()).isLessThanOrEqualTo(24);
      for (int x = 0; x < place.get("w").asInt(); x++) {
        for (int y = 0; y < place.get("h").asInt(); y++) {
          String cell = (place.get("x").asInt() + x) + "/" + (place.get("y").asInt() + y);
          assertThat(cells.add(cell)).as(panel.get("title") + " at " + cell).isTrue();
        }
      }
    }
    assertThat(ids).hasSizeGreaterThan(20);
  }

  @Test
  void everyExpressionIsAboutMetricsThatThereAre() {
    List<String> expressions = new ArrayList<>(Dashboard.expressions());
    RuleFile.rules().forEach(rule -> expressions.add(String.valueOf(rule.get("expr"))));
    Set<String> known = new TreeSet<>(FOREIGN);
    known.addAll(RuleFile.records());
    Pattern.compile("`(\\w+)`(?: \\| (summary) \\|)?")
        .matcher(RuleFile.read(PAGE))
        .results()
        .forEach(
            metric -> {
              known.add(metric.group(1));
              if (metric.group(2) != null) {
                known.add(metric.group(1) + "_sum");
                known.add(metric.group(1) + "_count");
              }
            });
    known.add("jvm_memory_used_bytes"); // the page has `jvm_memory_*`
    for (String expression : expressions) {
      List<String> used =
          Pattern.compile(
                  "\\b(planloop|jvm|process|system|kube|kubelet|ALERTS)[_:][\\w:]+|\\bALERTS\\b")
              .matcher(expression)
              .results()
              .map(match -> match.group())
              .toList();
      assertThat(used).as(expression).isNotEmpty();
      assertThat(known).as(expression).containsAll(used);
    }
  }

  @Test
  void everyMatcherIsOnALabelThatTheMetricHas() {
    Map<String, Set<String>> labels = new TreeMap<>();
    Pattern.compile("\\| `(planloop_\\w+)` \\| \\w+ \\| ([^|]*) \\|")
        .matcher(RuleFile.read(PAGE))
        .results()
        .forEach(row -> labels.put(row.group(1), Set.of(row.group(2).strip().split(", "))));
    int looked = 0;
    for (String expression : Dashboard.expressions()) {
      for (MatchResult selector :
          Pattern.compile("(planloop_\\w+)\\{([^}]*)}").matcher(expression).results().toList()) {
        String name = selector.group(1).replaceFirst("_seconds_(sum|count)$", "_seconds");
        for (MatchResult matcher :
            Pattern.compile("(\\w+)=~?\"").matcher(selector.group(2)).results().toList()) {
          if (!matcher.group(1).equals("namespace")) {
            assertThat(labels.get(name)).as(expression).contains(matcher.group(1));
            looked++;
          }
        }
      }
    }
    assertThat(looked).isPositive();
  }

  @Test
  void everyAlertHasATestThatItRingsAndOneThatItDoesNot() {
    Set<String> rings = new TreeSet<>();
    Set<String> quiet = new TreeSet<>();
    for (Object test : list(RuleFile.parse(RuleFile.read(RuleFile.TESTS)).get("tests"))) {
      for (Object alert : alertTests(test)) {
        String name = String.valueOf(at(alert, "alertname"));
        (list(at(alert, "exp_alerts")).isEmpty() ? quiet : rings).add(name);
      }
    }
    List<String> alerts =
        RuleFile.rules().stream()
            .filter(rule -> rule.containsKey("alert"))
            .map(rule -> String.valueOf(rule.get("alert")))
            .toList();
    assertThat(rings).containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(quiet).containsAll(alerts);
  }

  private static List<Object> alertTests(Object test) {
    Object tests = at(test, "alert_rule_test");
    return tests == null ? List.of() : list(tests);
  }

  @Test
  void theAutoscalersMetricIsRecordedAndServedByTheAdapter() {
    Map<String, Object> rule =
        map(list(RuleFile.parse(RuleFile.read(RuleFile.ADAPTER)).get("externalRules")).get(0));
    Map<String, Object> autoscaler = RuleFile.parse(RuleFile.read(AUTOSCALER));
    Object metric = map(list(at(autoscaler, "spec", "metrics")).get(0)).get("external");
    assertThat(at(rule, "name", "as")).isEqualTo(at(metric, "metric", "name"));
    assertThat(RuleFile.records()).anyMatch(String.valueOf(rule.get("seriesQuery"))::contains);
  }

  @Test
  void theAutoscalerCountsOnTwoJobsForEachThatAPodFliesAndTheDeploymentSaysNoNumber() {
    Rendered overlay = overlay("overlays/hpa");
    Map<String, Object> worker = find(overlay, "Deployment", "worker");
    Map<String, Object> autoscaler = find(overlay, "HorizontalPodAutoscaler", "worker");
    assertThat(map(worker.get("spec"))).doesNotContainKey("replicas");
    assertThat(at(autoscaler, "spec", "scaleTargetRef"))
        .isEqualTo(
            Map.of("apiVersion", worker.get("apiVersion"), "kind", "Deployment", "name", "worker"));
    Object container = list(at(worker, "spec", "template", "spec", "containers")).get(0);
    int atOnce = Integer.parseInt(String.valueOf(at(container, "resources", "requests", "cpu")));
    Object metric = map(list(at(autoscaler, "spec", "metrics")).get(0)).get("external");
    assertThat(at(metric, "target", "averageValue")).isEqualTo(Integer.toString(2 * atOnce));
  }

  private static Rendered overlay(String name) {
    return Rendered.all().stream().filter(one -> one.name().equals(name)).findAny().orElseThrow();
  }

  private static Map<String, Object> find(Rendered overlay, String kind, String name) {
    return overlay.objects().stream()
        .filter(
            object ->
                object.get("kind").equals(kind) && name.equals(at(object, "metadata", "name")))
        .findAny()
        .orElseThrow();
  }
}
