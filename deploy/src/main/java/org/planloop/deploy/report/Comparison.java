package org.planloop.deploy.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.report.LineChart.Series;
import org.planloop.storage.AtomicFile;

/**
 * Finished runs of one experiment side by side, by strategy over seeds.
 *
 * @param experiment its name
 * @param runs at least one
 */
public record Comparison(String experiment, List<Run> runs) {
  private static final int WIDTH = 820;
  private static final int CHART_HEIGHT = 380;
  private static final List<String> STANDING =
      List.of("iteration", "return_mean", "return_ci95", "episodes", "selected_by");

  /**
   * One finished run.
   *
   * @param data with a summary
   */
  public record Run(Strategy strategy, long seed, RunData data) {
    private JsonNode summary(String part) {
      return data.summary().orElseThrow().path(part);
    }
  }

  public Comparison {
    runs = List.copyOf(runs);
  }

  private Map<Strategy, List<Run>> byStrategy() {
    return runs.stream()
        .collect(Collectors.groupingBy(Run::strategy, LinkedHashMap::new, Collectors.toList()));
  }

  /** Writes {@code compare.csv}, {@code summary.csv} and {@code compare.svg}. */
  public void write(Path folder) throws IOException {
    AtomicFile.write(folder.resolve("compare.csv"), utf8(progress()));
    AtomicFile.write(folder.resolve("summary.csv"), utf8(summaries()));
    AtomicFile.write(folder.resolve("compare.svg"), utf8(svg()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Every row of every run: {@code strategy,seed,} and the columns of {@code progress.csv}. */
  String progress() {
    List<String> columns = runs.get(0).data().progress().columns();
    StringBuilder out = new StringBuilder("strategy,seed," + String.join(",", columns) + "\n");
    for (Run run : runs) {
      for (double[] row : run.data().progress().rows()) {
        out.append(run.strategy()).append(',').append(run.seed());
        for (double value : row) {
          out.append(',').append(cell(value));
        }
        out.append('\n');
      }
    }
    return out.toString();
  }

  private static String cell(double value) {
    return ProgressText.cell(
        Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty());
  }

  /** One line a run. */
  String summaries() {
    StringBuilder out = new StringBuilder("strategy,seed,env_steps,wall_s,iterations");
    List<String> parts = List.of("best", "last", "expert");
    parts.forEach(
        part -> STANDING.forEach(name -> out.append(',').append(part).append('_').append(name)));
    out.append('\n');
    for (Run run : runs) {
      out.append(run.strategy()).append(',').append(run.seed());
      for (String name : List.of("env_steps", "wall_s", "iterations")) {
        out.append(',').append(text(run.summary(name)));
      }
      for (String part : parts) {
        STANDING.forEach(name -> out.append(',').append(text(run.summary(part).path(name))));
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String text(JsonNode node) {
    return node.isNumber() ? cell(node.asDouble()) : node.isTextual() ? node.asText() : "";
  }

  /** What a person reads: one line a strategy, each figure over its seeds. */
  public List<String> table() {
    List<String> out = new ArrayList<>();
    out.add(
        String.format(
            "%-13s %6s %20s %20s %20s %10s",
            "strategy", "seeds", "best", "last", "median of last", "crashes"));
    byStrategy()
        .forEach(
            (strategy, group) -> {
              double[] last = returns(group, "last");
              Arrays.sort(last);
              double crashes =
                  group.stream()
                      .mapToDouble(
                          run -> DoubleStream.of(run.data().progress().column("crashes")).sum())
                      .sum();
              out.add(
                  String.format(
                      Locale.ROOT,
                      "%-13s %6d %20s %20s %20s %10.0f",
                      strategy,
                      group.size(),
                      estimate(returns(group, "best")),
                      estimate(last),
                      last.length == 0
                          ? "-"
                          : String.format(Locale.ROOT, "%.2f", Quantiles.of(last, 0.5)),
                      crashes));
            });
    return out;
  }

  private static double[] returns(List<Run> group, String part) {
    return group.stream()
        .map(run -> run.summary(part).path("return_mean"))
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static String estimate(double[] returns) {
    ReturnEstimate estimate = ReturnEstimate.of(returns);
    if (estimate.mean().isEmpty()) {
      return "-";
    }
    String mean = String.format(Locale.ROOT, "%.2f", estimate.mean().getAsDouble());
    return estimate.ci95().isPresent()
        ? mean + String.format(Locale.ROOT, " ± %.2f", estimate.ci95().getAsDouble())
        : mean;
  }

  /** The same for scripts. */
  public ObjectNode json() {
    ObjectNode object = Json.object();
    object.put("experiment", experiment);
    ArrayNode strategies = object.putArray("strategies");
    byStrategy()
        .forEach(
            (strategy, group) -> {
              ObjectNode entry = strategies.addObject();
              entry.put("strategy", strategy.name());
              entry.put("seeds", group.size());
              for (String part : List.of("best", "last", "expert")) {
                ReturnEstimate estimate = ReturnEstimate.of(returns(group, part));
                ObjectNode figures = entry.putObject(part);
                Json.put(figures, "return_mean", estimate.mean());
                Json.put(figures, "return_ci95", estimate.ci95());
              }
            });
    return object;
  }

  /** Return of each iteration, and best so far, against environment steps. */
  String svg() {
    return Panels.column(
        List.of(
            chart("return of each iteration", "return_mean"),
            chart("best return so far", "best_return_mean")),
        WIDTH,
        CHART_HEIGHT);
  }

  private String chart(String what, String column) {
    int most = byStrategy().values().stream().mapToInt(List::size).max().orElse(0);
    String over = most == 1 ? "" : ", median and quartiles of " + most + " seeds";
    LineChart chart =
        new LineChart(
            experiment + ": " + what + over, "environment steps", "return", WIDTH, CHART_HEIGHT);
    byStrategy().forEach((strategy, group) -> chart.add(series(strategy, group, column)));
    double[] experts = returns(runs, "expert");
    chart.level("expert", DoubleStream.of(experts).average().orElse(Double.NaN));
    return chart.svg();
  }

  private static Series series(Strategy strategy, List<Run> group, String column) {
    int iterations =
        group.stream().mapToInt(run -> run.data().progress().rows().size()).max().orElse(0);
    double[] x = new double[iterations];
    double[] median = new double[iterations];
    double[] low = new double[iterations];
    double[] high = new double[iterations];
    for (int i = 0; i < iterations; i++) {
      int row = i;
      x[i] = at(group, "env_steps", row).average().orElse(Double.NaN);
      double[] values = at(group, column, row).sorted().toArray();
      median[i] = Quantiles.of(values, 0.5);
      low[i] = Quantiles.of(values, 0.25);
      high[i] = Quantiles.of(values, 0.75);
    }
    String label = strategy.name();
    return group.size() == 1
        ? Series.of(label, x, median)
        : new Series(label, x, median, low, high);
  }

  private static DoubleStream at(List<Run> group, String column, int row) {
    return group.stream()
        .map(run -> run.data().progress().column(column))
        .filter(values -> row < values.length)
        .mapToDouble(values -> values[row])
        .filter(Double::isFinite);
  }
}
