package org.planloop.deploy.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.planloop.data.PlainDecimal;
import org.planloop.deploy.report.LineChart.Series;

/** A report on one run or several as a single HTML page that needs no network and no script. */
public final class HtmlReport {
  private static final String STYLE =
      """
      body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
             color: #222; max-width: 1120px; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
      .lead { color: #555; margin-top: 0; }
      .tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0; }
      .tile { border: 1px solid #ddd; border-radius: 8px; padding: .6rem 1rem; min-width: 9rem; }
      .tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
      .tile span { color: #666; font-size: .85rem; }
      .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 1rem; }
      .charts svg { width: 100%; height: auto; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem; }
      th, td { text-align: right; padding: .25rem .7rem; border-bottom: 1px solid #eee; white-space: nowrap; }
      th { color: #555; font-weight: 600; } td.text, th.text { text-align: left; }
      tr.chosen td { background: #e8f4ec; font-weight: 600; }
      .note { background: #fff6e0; border-left: 4px solid #e69f00; padding: .4rem .8rem; margin: .5rem 0; }
      """;

  private HtmlReport() {}

  /**
   * The page.
   *
   * @param runs at least one; several are shown beside one another
   */
  public static String of(List<RunData> runs) {
    StringBuilder out = new StringBuilder();
    String title = runs.size() == 1 ? runs.get(0).label() : runs.size() + " runs";
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<title>Planloop: ").append(escape(title)).append("</title>\n");
    out.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    out.append("<h1>").append(escape(title)).append("</h1>\n");
    if (runs.size() == 1) {
      single(out, runs.get(0));
    } else {
      several(out, runs);
    }
    return out.append("</body>\n</html>\n").toString();
  }

  private static void single(StringBuilder out, RunData run) {
    out.append("<p class=\"lead\">").append(escape(run.setting("name"))).append(", strategy ");
    out.append(escape(run.setting("strategy"))).append(", seed ");
    out.append(escape(run.setting("seed"))).append("</p>\n");
    if (run.summary().isPresent()) {
      tiles(out, run.summary().get());
    } else {
      out.append("<p class=\"note\">This run is not finished: it has no summary yet.</p>\n");
    }
    out.append("<div class=\"charts\">\n");
    out.append(returns(run).svg());
    out.append(losses(run).svg());
    out.append("</div>\n");
    selection(out, run);
    progress(out, run.progress());
    configuration(out, run.config());
  }

  private static void tiles(StringBuilder out, JsonNode summary) {
    out.append("<div class=\"tiles\">\n");
    tile(out, standing(summary.path("best")), "best policy, pi" + sub(summary.path("best")));
    tile(out, standing(summary.path("last")), "last policy, pi" + sub(summary.path("last")));
    if (summary.path("expert").isObject()) {
      tile(out, standing(summary.path("expert")), "expert");
    }
    tile(out, summary.path("env_steps").asText(), "environment steps");
    tile(out, number(summary.path("wall_s").asDouble(), 1) + " s", "wall clock");
    out.append("</div>\n");
    for (JsonNode note : summary.path("notes")) {
      out.append("<p class=\"note\">").append(escape(note.asText())).append("</p>\n");
    }
  }

  private static String sub(JsonNode standing) {
    String ground =
        switch (standing.path("selected_by").asText()) {
          case "confirmation" -> "on fresh seeds";
          case "evaluation" -> "on evaluation seeds";
          default -> "on collected episodes";
        };
    return "<sub>" + standing.path("iteration").asText() + "</sub> " + ground;
  }

  private static String standing(JsonNode standing) {
    String interval =
        standing.path("return_ci95").isNumber()
            ? " &plusmn; " + number(standing.path("return_ci95").asDouble(), 2)
            : "";
    return standing.path("return_mean").isNumber()
        ? number(standing.path("return_mean").asDouble(), 2) + interval
        : "none";
  }

  private static void tile(StringBuilder out, String value, String what) {
    out.append("<div class=\"tile\"><b>").append(value).append("</b><span>");
    out.append(what).append("</span></div>\n");
  }

  private static LineChart returns(RunData run) {
    ProgressTable table = run.progress();
    double[] x = table.column("env_steps");
    LineChart chart = new LineChart("Return", "environment steps", "return");
    chart.add(banded("collected episodes", x, table, "return_mean", "return_ci95"));
    chart.add(Series.of("best so far", x, table.column("best_return_mean")));
    if (java.util.Arrays.stream(table.column("eval_return_mean")).anyMatch(Double::isFinite)) {
      chart.add(banded("evaluation", x, table, "eval_return_mean", "eval_return_ci95"));
    }
    run.summary()
        .map(summary -> summary.path("expert").path("return_mean"))
        .filter(JsonNode::isNumber)
        .ifPresent(value -> chart.level("expert", value.asDouble()));
    return chart;
  }

  private static Series banded(
      String label, double[] x, ProgressTable table, String mean, String halfWidth) {
    double[] y = table.column(mean);
    double[] half = table.column(halfWidth);
    double[] low = new double[y.length];
    double[] high = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      low[i] = y[i] - half[i];
      high[i] = y[i] + half[i];
    }
    return new Series(label, x, y, low, high);
  }

  private static LineChart losses(RunData run) {
    ProgressTable table = run.progress();
    double[] x = table.column("env_steps");
    double[] expert = table.column("model_loss_expert");
    double[] learner = table.column("model_loss_learner");
    LineChart chart = new LineChart("Model loss", "environment steps", "loss");
    chart.add(Series.of("on expert data", x, expert));
    chart.add(Series.of("on learner data", x, learner));
    boolean positive =
        java.util.stream.DoubleStream.concat(
                java.util.Arrays.stream(expert), java.util.Arrays.stream(learner))
            .filter(Double::isFinite)
            .allMatch(value -> value > 0);
    return positive ? chart.logarithmic() : chart;
  }

  private static void selection(StringBuilder out, RunData run) {
    if (run.selection().isEmpty()) {
      return;
    }
    JsonNode selection = run.selection().get();
    out.append("<h2>Candidates</h2>\n");
    if (selection.path("candidates").isEmpty()) {
      out.append("<p class=\"lead\">Evaluation was off: pi<sub>");
      out.append(selection.path("iteration").asInt());
      out.append("</sub> had the best collected episodes.</p>\n");
      return;
    }
    out.append("<p class=\"lead\">Episode k has the same start and noise for every candidate. ");
    out.append("Better ones were given more episodes; the chosen one is marked.</p>\n");
    out.append("<div class=\"scroll\"><table>\n<tr><th>policy</th><th>return</th>");
    out.append("<th>&plusmn; 95 %</th><th>episodes</th></tr>\n");
    int chosen = selection.path("iteration").asInt();
    for (JsonNode candidate : selection.path("candidates")) {
      boolean best = candidate.path("iteration").asInt() == chosen;
      out.append(best ? "<tr class=\"chosen\">" : "<tr>").append("<td>pi<sub>");
      out.append(candidate.path("iteration").asInt()).append("</sub></td>");
      cell(out, candidate.path("return_mean").asDouble(Double.NaN));
      cell(out, candidate.path("return_ci95").asDouble(Double.NaN));
      out.append("<td>").append(candidate.path("episodes").asInt()).append("</td></tr>\n");
    }
    out.append("</table></div>\n");
  }

  private static void cell(StringBuilder out, double value) {
    out.append("<td>").append(Double.isFinite(value) ? number(value, 3) : "").append("</td>");
  }

  private static void progress(StringBuilder out, ProgressTable table) {
    out.append("<h2>Iterations</h2>\n<div class=\"scroll\"><table>\n<tr>");
    table.columns().forEach(name -> out.append("<th>").append(escape(name)).append("</th>"));
    out.append("</tr>\n");
    for (double[] row : table.rows()) {
      out.append("<tr>");
      for (double value : row) {
        cell(out, value);
      }
      out.append("</tr>\n");
    }
    out.append("</table></div>\n");
  }

  private static void configuration(StringBuilder out, Map<String, String> config) {
    out.append("<h2>Configuration</h2>\n<div class=\"scroll\"><table>\n");
    config.forEach(
        (key, value) ->
            out.append("<tr><td class=\"text\">")
                .append(escape(key))
                .append("</td><td class=\"text\">")
                .append(escape(value))
                .append("</td></tr>\n"));
    out.append("</table></div>\n");
  }

  private static void several(StringBuilder out, List<RunData> runs) {
    LineChart collected = new LineChart("Return", "environment steps", "return");
    LineChart best = new LineChart("Best return so far", "environment steps", "return");
    for (RunData run : runs) {
      double[] x = run.progress().column("env_steps");
      collected.add(Series.of(run.label(), x, run.progress().column("return_mean")));
      best.add(Series.of(run.label(), x, run.progress().column("best_return_mean")));
    }
    out.append("<div class=\"charts\">\n").append(collected.svg()).append(best.svg());
    out.append("</div>\n<h2>Results</h2>\n<div class=\"scroll\"><table>\n");
    out.append("<tr><th class=\"text\">run</th><th class=\"text\">strategy</th><th>seed</th>");
    out.append("<th>steps</th><th>best</th><th>last</th><th>expert</th></tr>\n");
    for (RunData run : runs) {
      JsonNode summary = run.summary().orElse(Json.object());
      out.append("<tr><td class=\"text\">").append(escape(run.label()));
      out.append("</td><td class=\"text\">").append(escape(run.setting("strategy")));
      out.append("</td><td>").append(escape(run.setting("seed")));
      out.append("</td><td>").append(number(run.progress().last("env_steps"), 0));
      for (String standing : List.of("best", "last", "expert")) {
        out.append("</td><td>").append(standing(summary.path(standing)));
      }
      out.append("</td></tr>\n");
    }
    out.append("</table></div>\n");
    changed(out, runs);
  }

  /** The keys in which the runs differ. */
  private static void changed(StringBuilder out, List<RunData> runs) {
    out.append("<h2>What differs in the configuration</h2>\n<div class=\"scroll\"><table>\n<tr>");
    out.append("<th class=\"text\">key</th>");
    runs.forEach(run -> out.append("<th>").append(escape(run.label())).append("</th>"));
    out.append("</tr>\n");
    for (String key :
        runs.stream()
            .flatMap(run -> run.config().keySet().stream())
            .collect(Collectors.toCollection(java.util.LinkedHashSet::new))) {
      if (runs.stream().map(run -> run.setting(key)).distinct().count() > 1) {
        out.append("<tr><td class=\"text\">").append(escape(key)).append("</td>");
        runs.forEach(run -> out.append("<td>").append(escape(run.setting(key))).append("</td>"));
        out.append("</tr>\n");
      }
    }
    out.append("</table></div>\n");
  }

  private static String number(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return "";
    }
    double size = Math.abs(value);
    if (size != 0 && size < Math.pow(10, -decimals)) {
      return PlainDecimal.text(Double.parseDouble(String.format(Locale.ROOT, "%.2g", value)));
    }
    return PlainDecimal.text(
        Double.parseDouble(String.format(Locale.ROOT, "%." + decimals + "f", value)));
  }

  private static String escape(String text) {
    return LineChart.escape(text);
  }
}
