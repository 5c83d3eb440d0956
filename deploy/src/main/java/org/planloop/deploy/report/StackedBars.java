package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Terms that add up, as stacked bars: what is above 0 is stacked upwards, what is below downwards,
 * and a dot with its interval marks the sum; the axis is made for bars and dots, and an interval
 * that is wider ends at its edge. One bar for each place on the x axis.
 */
public final class StackedBars {
  private static final String[] COLORS = {"#d55e00", "#0072b2", "#009e73", "#cc79a7"};
  private static final int LEFT = 76;
  private static final int RIGHT = 20;
  private static final int BOTTOM = 46;
  private static final double WIDEST = 28;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final int width;
  private final int height;
  private final double[] x;
  private final List<Term> terms = new ArrayList<>();
  private double[] sum = new double[0];
  private double[] low = new double[0];
  private double[] high = new double[0];
  private String sumLabel = "";

  private record Term(String label, double[] values) {}

  /**
   * @param x ascending, evenly spaced
   */
  public StackedBars(
      String title, String xLabel, String yLabel, int width, int height, double[] x) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.width = width;
    this.height = height;
    this.x = x.clone();
  }

  /** Adds a term; one that is not finite is left out of its bar. */
  public StackedBars term(String label, double[] values) {
    check(values);
    terms.add(new Term(label, values.clone()));
    return this;
  }

  /** Marks the sum with its interval. */
  public StackedBars sum(String label, double[] values, double[] lower, double[] upper) {
    check(values);
    check(lower);
    check(upper);
    sumLabel = label;
    sum = values.clone();
    low = lower.clone();
    high = upper.clone();
    return this;
  }

  private void check(double[] values) {
    if (values.length != x.length) {
      throw new IllegalArgumentException(
          values.length + " values for " + x.length + " places on the axis");
    }
  }

  /** The SVG element. */
  public String svg() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" font-family=\"system-ui, -apple-system, Segoe UI,"
                + " Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n",
            width,
            height,
            width,
            height));
    out.append("<title>").append(LineChart.escape(title)).append("</title>\n");
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    text(out, LEFT, 20, "start", "font-size=\"14\" font-weight=\"600\"", title);
    int top = legend(out);
    Scale ys = yScale(top);
    Scale xs = xScale();
    axes(out, xs, ys, top);
    double wide = Math.min(WIDEST, 0.7 * (xs.at(1) - xs.at(0)) * spacing());
    for (int i = 0; i < x.length; i++) {
      bar(out, i, xs.at(x[i]), wide, ys);
    }
    return out.append("</svg>\n").toString();
  }

  private double spacing() {
    return x.length > 1 ? x[1] - x[0] : 1;
  }

  private int legend(StringBuilder out) {
    double at = LEFT;
    double y = 38;
    for (int t = 0; t <= terms.size(); t++) {
      boolean last = t == terms.size();
      if (last && sum.length == 0) {
        break;
      }
      String label = last ? sumLabel : terms.get(t).label();
      double needed = 40 + 7.2 * label.length();
      if (at > LEFT && at + needed > width - RIGHT) {
        at = LEFT;
        y += 18;
      }
      if (last) {
        dot(out, at + 6, y - 4);
      } else {
        rectangle(out, at, y - 10, 12, 12, COLORS[t % COLORS.length]);
      }
      text(out, at + 18, y, "start", "", label);
      at += needed;
    }
    return (int) y + 16;
  }

  private Scale xScale() {
    double half = 0.6 * spacing();
    return new Scale(x[0] - half, x[x.length - 1] + half, LEFT, width - RIGHT, false);
  }

  private Scale yScale(int top) {
    double least = 0;
    double most = 0;
    for (int i = 0; i < x.length; i++) {
      double above = 0;
      double below = 0;
      for (Term term : terms) {
        double value = term.values()[i];
        above += value > 0 ? value : 0;
        below += value < 0 ? value : 0;
      }
      most = Math.max(most, above);
      least = Math.min(least, below);
    }
    most = Math.max(most, Arrays.stream(sum).filter(Double::isFinite).max().orElse(0));
    least = Math.min(least, Arrays.stream(sum).filter(Double::isFinite).min().orElse(0));
    double margin = most > least ? 0.05 * (most - least) : 1;
    return new Scale(least - margin, most + margin, height - BOTTOM, top, false);
  }

  private void axes(StringBuilder out, Scale xs, Scale ys, int top) {
    for (double tick : ys.ticks()) {
      rule(out, ys.at(tick), "#e4e4e4");
      text(out, LEFT - 8, ys.at(tick) + 4, "end", "", Scale.label(tick));
    }
    for (double tick : xs.ticks()) {
      if (Arrays.stream(x).anyMatch(place -> place == tick)) {
        text(out, xs.at(tick), height - BOTTOM + 16, "middle", "", Scale.label(tick));
      }
    }
    rule(out, ys.at(0), "#666");
    text(out, (LEFT + width - RIGHT) / 2.0, height - 8, "middle", "", xLabel);
    double middle = (top + height - BOTTOM) / 2.0;
    String turned = String.format(Locale.ROOT, "transform=\"rotate(-90 14 %.1f)\"", middle);
    text(out, 14, middle, "middle", turned, yLabel);
  }

  private void bar(StringBuilder out, int i, double center, double wide, Scale ys) {
    double above = 0;
    double below = 0;
    for (int t = 0; t < terms.size(); t++) {
      double value = terms.get(t).values()[i];
      if (value > 0) {
        stack(out, center, wide, ys.at(above + value), ys.at(above), t);
        above += value;
      } else if (value < 0) {
        stack(out, center, wide, ys.at(below), ys.at(below + value), t);
        below += value;
      }
    }
    if (sum.length > 0 && Double.isFinite(sum[i])) {
      if (Double.isFinite(low[i]) && Double.isFinite(high[i])) {
        out.append(
            String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#000\""
                    + " stroke-width=\"1.5\"/>\n",
                center,
                inside(ys, low[i]),
                center,
                inside(ys, high[i])));
      }
      dot(out, center, ys.at(sum[i]));
    }
  }

  private static double inside(Scale ys, double value) {
    return ys.at(Math.max(ys.low(), Math.min(ys.high(), value)));
  }

  private static void stack(
      StringBuilder out, double center, double wide, double top, double bottom, int term) {
    rectangle(out, center - wide / 2, top, wide, bottom - top, COLORS[term % COLORS.length]);
  }

  private static void rectangle(
      StringBuilder out, double left, double top, double wide, double high, String color) {
    out.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
            left,
            top,
            wide,
            high,
            color));
  }

  private static void dot(StringBuilder out, double x, double y) {
    out.append(
        String.format(
            Locale.ROOT,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"#000\" stroke=\"#fff\"/>\n",
            x,
            y));
  }

  private void rule(StringBuilder out, double y, String color) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\"/>\n",
            LEFT,
            y,
            width - RIGHT,
            y,
            color));
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String attributes, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>\n",
            x,
            y,
            anchor,
            attributes,
            LineChart.escape(text)));
  }
}
