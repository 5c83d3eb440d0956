package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.planloop.data.PlainDecimal;
import org.planloop.deploy.report.LineChart.Series;
import org.planloop.environment.StateSpace;

/**
 * An episode as a picture that moves by itself: the system's scene where there is one, and below it
 * states and actions over time. No script, no network.
 */
public final class EpisodePicture {
  private static final double SECONDS_A_STEP = 0.04;
  private static final double SHORTEST = 4;
  private static final double LONGEST = 20;
  private static final int CHART_HEIGHT = 260;
  private static final int HEADER = 34;
  private static final int LINES_A_CHART = 7;

  private final EpisodeTrace trace;

  public EpisodePicture(EpisodeTrace trace) {
    this.trace = trace;
  }

  /** A page around the picture. */
  public String html() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>"
        + LineChart.escape(title())
        + "</title>\n<style>body { margin: 2rem auto; width: 720px; }</style>\n</head>\n<body>\n"
        + svg()
        + "</body>\n</html>\n";
  }

  /** The picture alone. */
  public String svg() {
    List<String> charts = charts();
    Optional<String> scene = scene();
    int top = HEADER + (scene.isPresent() ? EpisodeScene.HEIGHT : 0);
    int height = top + charts.size() * CHART_HEIGHT;
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"system-ui, -apple-system, Segoe UI, Helvetica,"
                + " Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n",
            EpisodeScene.WIDTH,
            height,
            EpisodeScene.WIDTH,
            height));
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    out.append("<text x=\"16\" y=\"22\" font-size=\"14\" font-weight=\"600\">");
    out.append(LineChart.escape(title())).append("</text>\n");
    scene.ifPresent(
        elements ->
            out.append("<g transform=\"translate(0 ")
                .append(HEADER)
                .append(")\">\n")
                .append(elements)
                .append("</g>\n"));
    for (int i = 0; i < charts.size(); i++) {
      int y = top + i * CHART_HEIGHT;
      out.append("<g transform=\"translate(0 ").append(y).append(")\">\n");
      out.append(charts.get(i)).append("</g>\n");
    }
    return out.append("</svg>\n").toString();
  }

  private String title() {
    return String.format(
        Locale.ROOT,
        "%s: return %s in %d steps, %s",
        trace.environment().name(),
        PlainDecimal.text(Math.rint(trace.result().totalReward() * 100) / 100),
        trace.result().steps(),
        trace.result().end().name().toLowerCase(Locale.ROOT));
  }

  private Optional<String> scene() {
    if (trace.states().size() < 2) {
      return Optional.empty();
    }
    double seconds = Math.min(LONGEST, Math.max(SHORTEST, trace.states().size() * SECONDS_A_STEP));
    ClassLoader classPath = Thread.currentThread().getContextClassLoader();
    return ServiceLoader.load(EpisodeScene.class, classPath).stream()
        .map(ServiceLoader.Provider::get)
        .filter(candidate -> candidate.draws(trace.environment()))
        .findFirst()
        .map(found -> found.elements(trace, seconds));
  }

  private List<String> charts() {
    List<String> names =
        trace.environment().states().dimensions().stream().map(StateSpace.Dimension::name).toList();
    double[] time = IntStream.range(0, trace.states().size()).asDoubleStream().toArray();
    List<String> result = new ArrayList<>();
    for (int from = 0; from < names.size(); from += LINES_A_CHART) {
      LineChart chart = chart(from == 0 ? "State" : "State, continued");
      for (String name : names.subList(from, Math.min(names.size(), from + LINES_A_CHART))) {
        chart.add(Series.of(name, time, Motion.of(trace, name)));
      }
      result.add(chart.svg());
    }
    LineChart actions = chart("Action");
    for (int i = 0; i < trace.environment().actions().size(); i++) {
      int index = i;
      double[] values = trace.actions().stream().mapToDouble(action -> action[index]).toArray();
      actions.add(Series.of("a" + (i + 1), time, values));
    }
    result.add(actions.svg());
    return result;
  }

  private static LineChart chart(String title) {
    return new LineChart(title, "step", "", EpisodeScene.WIDTH, CHART_HEIGHT);
  }
}
