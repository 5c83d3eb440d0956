package org.planloop.k8s;

import static org.planloop.k8s.Tree.list;
import static org.planloop.k8s.Tree.map;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The recording and alerting rules, in Prometheus' own format, and the object that is made of it.
 */
final class RuleFile {
  static final Path PLAIN = Path.of("components/monitoring/planloop.rules.yaml");
  static final Path OBJECT = Path.of("components/monitoring/rules.yaml");
  static final Path ADAPTER = Path.of("components/hpa/prometheus-adapter.yaml");
  static final Path TESTS = Path.of("test/rules/planloop.test.yaml");

  private static final String HEAD =
      """
      # Made of planloop.rules.yaml; change that, then: mvn -pl k8s test -Dtest=MonitoringTest -Dplanloop.regenerate=true
      apiVersion: monitoring.coreos.com/v1
      kind: PrometheusRule
      metadata:
        name: planloop
      spec:
      """;

  private RuleFile() {}

  /** The PrometheusRule: the plain file's groups, as they are written, two columns to the right. */
  static String object() {
    StringBuilder text = new StringBuilder(HEAD);
    boolean groups = false;
    for (String line : read(PLAIN).split("\n", -1)) {
      groups |= line.equals("groups:");
      if (groups && !line.isEmpty()) {
        text.append("  ").append(line).append('\n');
      }
    }
    return text.toString();
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Object> parse(String text) {
    return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
  }

  /** All rules of the plain file. */
  static List<Map<String, Object>> rules() {
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Object group : list(parse(read(PLAIN)).get("groups"))) {
      list(map(group).get("rules")).forEach(rule -> rules.add(map(rule)));
    }
    return rules;
  }

  /** The names under which rules record. */
  static List<String> records() {
    return rules().stream()
        .filter(rule -> rule.containsKey("record"))
        .map(rule -> String.valueOf(rule.get("record")))
        .toList();
  }
}
