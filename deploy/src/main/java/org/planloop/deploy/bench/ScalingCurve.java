package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.planloop.data.PlainDecimal;
import org.planloop.deploy.report.LineChart;
import org.planloop.deploy.report.Quantiles;

/** How a figure grows with a setting: lines of medians with their quartiles. Both axes are logs. */
final class ScalingCurve {
  private static final int MOST_TICKS = 8;
  private static final double LONG_NUMBER = 1e5;
  private static final double MILLION = 1e6;

  private final String name;
  private final String title;
  private final String setting;
  private final String unit;
  private final Map<String, List<Point>> lines = new LinkedHashMap<>();

  /** One point of a line, in the curve's unit. */
  record Point(double x, double median, double lower, double upper) {}

  /**
   * @param name of its picture
   * @param setting what is changed
   * @param unit of the figure
   */
  ScalingCurve(String name, String title, String setting, String unit) {
    this.name = name;
    this.title = title;
    this.setting = setting;
    this.unit = unit;
  }

  String name() {
    return name;
  }

  /** Adds a point of so many milliseconds. */
  void milliseconds(String line, double x, double[] seconds) {
    add(line, x, seconds, s -> 1e3 * s);
  }

  /** Adds a point of {@code count} things in each of these times, things a second. */
  void rate(String line, double x, double count, double[] seconds) {
    add(line, x, seconds, s -> count / s);
  }

  /** Adds a point of {@code count} things in each of these times, millions a second. */
  void millions(String line, double x, double count, double[] seconds) {
    rate(line, x, count / MILLION, seconds);
  }

  private void add(String line, double x, double[] seconds, DoubleUnaryOperator value) {
    double[] values = Arrays.stream(seconds).map(value).sorted().toArray();
    lines
        .computeIfAbsent(line, label -> new ArrayList<>())
        .add(
            new Point(
                x,
                Quantiles.of(values, 0.5),
                Quantiles.of(values, 0.25),
                Quantiles.of(values, 0.75)));
  }

  /** Its picture. */
  String svg() {
    LineChart chart = new LineChart(title, setting, unit).logarithmic().logarithmicX(ticks());
    lines.forEach(
        (label, points) ->
            chart.add(
                new LineChart.Series(
                    label,
                    points.stream().mapToDouble(Point::x).toArray(),
                    points.stream().mapToDouble(Point::median).toArray(),
                    points.stream().mapToDouble(Point::lower).toArray(),
                    points.stream().mapToDouble(Point::upper).toArray())));
    return chart.svg();
  }

  /** Where the points are, as long as there is room for their numbers. */
  private List<Double> ticks() {
    List<Double> all =
        lines.values().stream().flatMap(List::stream).map(Point::x).distinct().sorted().toList();
    boolean few = all.size() <= MOST_TICKS && all.stream().allMatch(x -> x < LONG_NUMBER);
    return few ? all : List.of();
  }

  static String csvHead() {
    return "curve,line,setting,x,median,lower_quartile,upper_quartile,unit\n";
  }

  /** Its points, a row each, as {@link #csvHead} names them. */
  String csv() {
    StringBuilder rows = new StringBuilder();
    lines.forEach(
        (label, points) ->
            points.forEach(
                point ->
                    rows.append(
                        String.format(
                            Locale.ROOT,
                            "%s,%s,%s,%s,%s,%s,%s,%s%n",
                            name,
                            label,
                            setting,
                            PlainDecimal.text(point.x()),
                            PlainDecimal.text(point.median()),
                            PlainDecimal.text(point.lower()),
                            PlainDecimal.text(point.upper()),
                            unit))));
    return rows.toString();
  }
}
