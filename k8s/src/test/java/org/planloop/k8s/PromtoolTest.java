package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.planloop.k8s.Tree.list;
import static org.planloop.k8s.Tree.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Prometheus itself makes of rules and expressions. */
class PromtoolTest {
  @Test
  void promtoolAcceptsTheRulesAndTheirTests() {
    assertThat(Promtool.accepts("check", "rules", RuleFile.PLAIN.toString())).contains("SUCCESS");
    assertThat(Promtool.accepts("test", "rules", RuleFile.TESTS.toString())).contains("SUCCESS");
  }

  @Test
  void promtoolUnderstandsEveryExpressionOfTheDashboard() throws IOException {
    StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
    int number = 0;
    for (String expression : Dashboard.expressions()) {
      String asked =
          expression.replace("$__rate_interval", "1m").replaceAll("\\$(namespace|campaign)", ".*");
      assertThat(asked).doesNotContain("$").doesNotContain("'");
      rules.append("      - {record: panel:n").append(number++);
      rules.append(":value, expr: '").append(asked).append("'}\n");
    }
    Path file = Files.writeString(Path.of("target/dashboard.rules.yaml"), rules.toString());
    assertThat(Promtool.accepts("check", "rules", file.toString()))
        .contains("SUCCESS: " + number + " rules");
  }

  @Test
  void promtoolGetsTheAutoscalersFigureAsTheAdapterAsksForIt() throws IOException {
    Map<String, Object> rule =
        map(list(RuleFile.parse(RuleFile.read(RuleFile.ADAPTER)).get("externalRules")).get(0));
    String query =
        String.valueOf(rule.get("metricsQuery"))
            .replace("<<.Series>>", "planloop:jobs_open:avg2m")
            .replace("<<.LabelMatchers>>", "namespace=\"planloop\"");
    assertThat(query).doesNotContain("<<");
    String test =
        """
        rule_files: [%s]
        evaluation_interval: 1m
        tests:
          - interval: 1m
            input_series:
              - {series: 'planloop_rollout_jobs_waiting{namespace="planloop", pod="trainer-0"}', values: '30x5'}
              - {series: 'planloop_rollout_jobs_flying{namespace="planloop", pod="trainer-0"}', values: '10x5'}
              - {series: 'planloop_rollout_jobs_waiting{namespace="other", pod="trainer-0"}', values: '99x5'}
              - {series: 'planloop_rollout_jobs_flying{namespace="other", pod="trainer-0"}', values: '99x5'}
            promql_expr_test:
              - expr: '%s'
                eval_time: 5m
                exp_samples: [{labels: '{namespace="planloop"}', value: 40}]
        """
            .formatted(RuleFile.PLAIN.toAbsolutePath(), query);
    Path file = Files.writeString(Path.of("target/adapter.test.yaml"), test);
    assertThat(Promtool.accepts("test", "rules", file.toString())).contains("SUCCESS");
  }
}
