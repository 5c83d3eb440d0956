package org.planloop.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the Grafana dashboard: one row a question, one panel a figure. */
final class Dashboard {
  static final Path FILE = Path.of("components/monitoring/dashboard.json");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int COLUMNS = 24;
  private static final int WIDTH = 8;
  private static final int HEIGHT = 8;

  /** Of all that is shown: a campaign of a namespace, or a namespace. */
  private static final String CAMPAIGN = "{namespace=~\"$namespace\", campaign=~\"$campaign\"}";

  private static final String NAMESPACE = "{namespace=~\"$namespace\"}";
  private static final String RATE = "[$__rate_interval]";

  /** An expression, and what its line is called. */
  record Line(String expression, String legend) {}

  /**
   * @param unit as Grafana names it
   */
  record Panel(String title, String unit, String what, List<Line> lines) {}

  /** A question, and the panels that answer it. */
  record Row(String question, List<Panel> panels) {}

  private Dashboard() {}

  private static Panel panel(String title, String unit, String what, Line... lines) {
    return new Panel(title, unit, what, List.of(lines));
  }

  private static Line line(String expression, String legend) {
    return new Line(expression, legend);
  }

  static List<Row> rows() {
    return List.of(campaign(), mix(), workers(), replay(), process());
  }

  private static Row campaign() {
    return new Row(
        "How far are the campaigns, and how good?",
        List.of(
            panel(
                "Return",
                "none",
                "Of the last row, on evaluation seeds where that is on, and the best so far.",
                line("planloop_campaign_return_mean" + CAMPAIGN, "{{campaign}} flown"),
                line("planloop_campaign_eval_return_mean" + CAMPAIGN, "{{campaign}} evaluated"),
                line("planloop_campaign_best_return" + CAMPAIGN, "{{campaign}} best")),
            panel(
                "Iterations done",
                "percentunit",
                "Of campaign.iterations.",
                line(
                    "planloop_campaign_iteration"
                        + CAMPAIGN
                        + " / planloop_campaign_iterations"
                        + CAMPAIGN,
                    "{{campaign}}")),
            panel(
                "Environment steps",
                "short",
                "Learner transitions so far.",
                line("planloop_campaign_env_steps" + CAMPAIGN, "{{campaign}}")),
            panel(
                "Time without an event",
                "s",
                "PlanloopNoProgress rings at 20 minutes, unless a fit is under way.",
                line("planloop_campaign_idle_seconds" + CAMPAIGN, "{{campaign}}")),
            panel(
                "Campaigns by phase",
                "short",
                "As planloop status has them.",
                line("sum by (phase) (planloop_campaigns" + NAMESPACE + ")", "{{phase}}")),
            panel(
                "Alerts",
                "short",
                "That ring now.",
                line(
                    "sum by (alertname, campaign) (ALERTS{alertname=~\"Planloop.*\","
                        + " alertstate=\"firing\", namespace=~\"$namespace\"})",
                    "{{alertname}} {{campaign}}"))));
  }

  private static Row mix() {
    return new Row(
        "Do both sides count as configured, and is the model sound?",
        List.of(
            panel(
                "Expert's share of the fits",
                "percentunit",
                "Drawn, asked for and configured. The alarm on model exploitation may ask for more.",
                line("planloop_trainer_mix_expert" + CAMPAIGN, "{{campaign}} drawn"),
                line("planloop_trainer_mix_expert_target" + CAMPAIGN, "{{campaign}} asked for"),
                line("planloop_campaign_expert_fraction" + CAMPAIGN, "{{campaign}} configured")),
            panel(
                "Model's loss by side",
                "none",
                "Of the newest model.",
                line("planloop_campaign_model_loss" + CAMPAIGN, "{{campaign}} {{side}}")),
            panel(
                "Promised and flown return",
                "none",
                "Of the learner's policy, in the model that it was planned in and for real.",
                line("planloop_campaign_model_return_mean" + CAMPAIGN, "{{campaign}} promised"),
                line("planloop_campaign_real_return_mean" + CAMPAIGN, "{{campaign}} flown"),
                line("planloop:model_excess:return" + CAMPAIGN, "{{campaign}} excess")),
            panel(
                "Alarm",
                "short",
                "Whether it rings, and how far the response goes.",
                line("planloop_campaign_exploited" + CAMPAIGN, "{{campaign}} rings"),
                line("planloop_campaign_alarm_level" + CAMPAIGN, "{{campaign}} level")),
            panel(
                "Fits",
                "s",
                "Mean and longest time, planning included.",
                line(
                    "rate(planloop_trainer_fits_seconds_sum"
                        + CAMPAIGN
                        + RATE
                        + ") / rate(planloop_trainer_fits_seconds_count"
                        + CAMPAIGN
                        + RATE
                        + ")",
                    "{{campaign}} mean"),
                line("planloop_trainer_fits_seconds_max" + CAMPAIGN, "{{campaign}} longest")),
            panel(
                "Policies",
                "short",
                "By how many versions worker nodes lag, and what their workers wait for.",
                line("planloop:snapshot_lag:versions" + CAMPAIGN, "{{instance}} {{campaign}} lag"),
                line(
                    "planloop_snapshot_waiting" + CAMPAIGN,
                    "{{instance}} {{campaign}} waited for"))));
  }

  private static Row workers() {
    return new Row(
        "What do the workers do?",
        List.of(
            panel(
                "Transitions a second",
                "ops",
                "Of all workers, evaluation included.",
                line("planloop:rollout_steps:rate2m" + NAMESPACE, "{{namespace}}")),
            panel(
                "Transitions a second by node",
                "ops",
                "",
                line("rate(planloop_worker_steps_total" + NAMESPACE + RATE + ")", "{{instance}}")),
            panel(
                "Jobs",
                "short",
                "planloop:jobs_open is what workers are scaled by.",
                line("planloop_rollout_jobs_waiting" + NAMESPACE, "waiting"),
                line("planloop_rollout_jobs_flying" + NAMESPACE, "flying"),
                line("planloop:jobs_open:avg2m" + NAMESPACE, "open, mean of 2 min")),
            panel(
                "Rollouts",
                "short",
                "In the air, of as many as there is room for.",
                line("sum(planloop_worker_flying" + NAMESPACE + ")", "flying"),
                line("sum(planloop_worker_slots" + NAMESPACE + ")", "room")),
            panel(
                "What goes wrong",
                "ops",
                "",
                line(
                    "rate(planloop_rollout_job_failures_total" + NAMESPACE + RATE + ")",
                    "attempts failed"),
                line(
                    "sum(rate(planloop_worker_jobs_returned_total" + NAMESPACE + RATE + "))",
                    "jobs handed back"),
                line(
                    "rate(planloop_rollout_episode_failures_total" + NAMESPACE + RATE + ")",
                    "episodes broken off"),
                line(
                    "rate(planloop_rollout_crashes_total" + NAMESPACE + RATE + ")",
                    "crashes flown"),
                line(
                    "sum(rate(planloop_rollout_chunks_resent_total" + NAMESPACE + RATE + "))",
                    "chunks sent again")),
            panel(
                "Where a job's time goes",
                "s",
                "Seconds of all workers a second: planning, and stepping the environment.",
                line(
                    "rate(planloop_rollout_acting_seconds_sum" + NAMESPACE + RATE + ")",
                    "planning"),
                line(
                    "rate(planloop_rollout_stepping_seconds_sum" + NAMESPACE + RATE + ")",
                    "stepping"))));
  }

  private static Row replay() {
    return new Row(
        "Is every row kept, and is there room?",
        List.of(
            panel(
                "Rows",
                "short",
                "",
                line(
                    "sum by (campaign, side) (planloop_replay_rows" + CAMPAIGN + ")",
                    "{{campaign}} {{side}}")),
            panel(
                "Replay files",
                "bytes",
                "",
                line(
                    "sum by (campaign, shard) (planloop_replay_bytes" + CAMPAIGN + ")",
                    "{{campaign}} {{shard}}")),
            panel(
                "Chunks a second",
                "ops",
                "Stored, come again, to be sent again, refused.",
                line("sum(rate(planloop_replay_appends_total" + CAMPAIGN + RATE + "))", "stored"),
                line(
                    "sum(rate(planloop_replay_duplicates_total" + CAMPAIGN + RATE + "))",
                    "come again"),
                line("sum(rate(planloop_replay_busy_total" + CAMPAIGN + RATE + "))", "busy"),
                line("sum(rate(planloop_replay_refusals_total" + CAMPAIGN + RATE + "))", "refused"),
                line(
                    "sum(rate(planloop_rollout_replay_unavailable_total" + NAMESPACE + RATE + "))",
                    "no shard to take them")),
            panel(
                "Writing to the disk",
                "s",
                "",
                line(
                    "planloop_replay_commit_seconds{namespace=~\"$namespace\","
                        + " campaign=~\"$campaign\", quantile=\"0.99\"}",
                    "{{shard}} 99 %"),
                line("planloop_replay_commit_seconds_max" + CAMPAIGN, "{{shard}} longest")),
            panel(
                "Free room",
                "percentunit",
                "PlanloopVolumeFilling rings at a tenth, or where it is used up within four hours.",
                line("planloop:disk_free:ratio" + NAMESPACE, "{{instance}} {{folder}}")),
            panel(
                "Disks",
                "short",
                "1: takes writes. Damaged bytes set aside.",
                line("planloop_disk_writable" + NAMESPACE, "{{instance}} {{folder}}"),
                line(
                    "sum by (shard) (planloop_replay_quarantined_bytes" + CAMPAIGN + ")",
                    "{{shard}} damaged bytes"))));
  }

  private static Row process() {
    String ours = " and on (namespace, pod, instance) planloop_node_info" + NAMESPACE;
    return new Row(
        "How are the processes?",
        List.of(
            panel(
                "Nodes",
                "short",
                "As the trainer sees them.",
                line("max(planloop_cluster_members" + NAMESPACE + ")", "members"),
                line("max(planloop_cluster_unreachable" + NAMESPACE + ")", "not heard"),
                line(
                    "sum by (roles, version) (planloop_node_info" + NAMESPACE + ")",
                    "{{roles}} {{version}}")),
            panel(
                "Started again",
                "short",
                "In the last hour; PlanloopCrashLoop rings at three in 15 minutes.",
                line(
                    "changes(process_start_time_seconds" + NAMESPACE + "[1h])" + ours,
                    "{{instance}}")),
            panel(
                "CPU",
                "percentunit",
                "Of the cores that the process sees.",
                line("process_cpu_usage" + NAMESPACE + ours, "{{instance}}")),
            panel(
                "Java heap",
                "bytes",
                "PyTorch's memory is outside of it.",
                line(
                    "sum by (instance) (jvm_memory_used_bytes{namespace=~\"$namespace\","
                        + " area=\"heap\"}"
                        + ours
                        + ")",
                    "{{instance}}")),
            panel(
                "Open files",
                "short",
                "",
                line("process_files_open_files" + NAMESPACE + ours, "{{instance}}"))));
  }

  /** Every expression of the dashboard. */
  static List<String> expressions() {
    List<String> all = new ArrayList<>();
    rows()
        .forEach(
            row ->
                row.panels()
                    .forEach(panel -> panel.lines().forEach(line -> all.add(line.expression()))));
    return all;
  }

  /** The file's text; the same for the same code. */
  static String text() {
    ObjectNode board = JSON.createObjectNode();
    board.put("uid", "planloop").put("title", "Planloop").putNull("id");
    board.putArray("tags").add("planloop");
    board.put("schemaVersion", 39).put("version", 1).put("editable", true).put("refresh", "30s");
    board.put("timezone", "browser").put("graphTooltip", 1);
    board.putObject("time").put("from", "now-6h").put("to", "now");
    ArrayNode variables = board.putObject("templating").putArray("list");
    variables
        .addObject()
        .put("name", "datasource")
        .put("label", "Prometheus")
        .put("type", "datasource")
        .put("query", "prometheus");
    variable(variables, "namespace", "label_values(planloop_node_info, namespace)");
    variable(
        variables,
        "campaign",
        "label_values(planloop_replay_rows{namespace=~\"$namespace\"}, campaign)");
    ArrayNode panels = board.putArray("panels");
    int top = 0;
    for (Row row : rows()) {
      ObjectNode title = panels.addObject();
      title.put("id", panels.size()).put("type", "row").put("title", row.question());
      title.put("collapsed", false).putArray("panels");
      place(title, 0, top, COLUMNS, 1);
      top++;
      for (int i = 0; i < row.panels().size(); i++) {
        ObjectNode panel = panels.addObject();
        panel.put("id", panels.size());
        draw(panel, row.panels().get(i));
        int perLine = COLUMNS / WIDTH;
        place(panel, i % perLine * WIDTH, top + i / perLine * HEIGHT, WIDTH, HEIGHT);
      }
      top += (row.panels().size() * WIDTH + COLUMNS - 1) / COLUMNS * HEIGHT;
    }
    try {
      DefaultPrettyPrinter printer =
          new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
      return JSON.writer(printer).writeValueAsString(board) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void variable(ArrayNode variables, String name, String query) {
    ObjectNode variable = variables.addObject();
    variable.put("name", name).put("type", "query").put("query", query);
    variable.put("refresh", 2).put("multi", true).put("includeAll", true).put("allValue", ".*");
    source(variable);
    ObjectNode current = variable.putObject("current");
    current.putArray("text").add("All");
    current.putArray("value").add("$__all");
  }

  private static void draw(ObjectNode panel, Panel drawn) {
    panel.put("type", "timeseries").put("title", drawn.title());
    if (!drawn.what().isEmpty()) {
      panel.put("description", drawn.what());
    }
    source(panel);
    ObjectNode defaults = panel.putObject("fieldConfig").putObject("defaults");
    defaults.put("unit", drawn.unit());
    defaults.putObject("custom").put("spanNulls", false).put("showPoints", "never");
    ObjectNode options = panel.putObject("options");
    options.putObject("legend").put("displayMode", "list").put("placement", "bottom");
    options.putObject("tooltip").put("mode", "multi");
    ArrayNode targets = panel.putArray("targets");
    for (Line line : drawn.lines()) {
      ObjectNode target = targets.addObject();
      target.put("refId", String.valueOf((char) ('A' + targets.size() - 1)));
      target.put("expr", line.expression()).put("legendFormat", line.legend());
      source(target);
    }
  }

  private static void source(ObjectNode of) {
    of.putObject("datasource").put("type", "prometheus").put("uid", "${datasource}");
  }

  private static void place(ObjectNode panel, int x, int y, int width, int height) {
    panel.putObject("gridPos").put("x", x).put("y", y).put("w", width).put("h", height);
  }
}
