package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Horizontal bars with their values, as a self-contained SVG. */
public final class BarChart {
  private static final int LONGEST_BAR = 410;
  private static final int LEAST_LEFT = 300;
  private static final int LEAST_RIGHT = 110;

  /** What a letter takes at most, on the average of a line. */
  private static final double LETTER = 6.4;

  private static final int TOP = 44;
  private static final int ROW = 26;

  private final String title;
  private final List<Bar> bars = new ArrayList<>();
  private boolean ratios;

  private record Bar(String label, double value, String text) {}

  public BarChart(String title) {
    this.title = title;
  }

  /**
   * Adds a bar.
   *
   * @param value its length, at least 0
   * @param text what stands behind it
   */
  public BarChart add(String label, double value, String text) {
    bars.add(new Bar(label, value, text));
    return this;
  }

  /** Draws logarithms: bars to the right for values above 1, to the left for those below. */
  public BarChart ratios() {
    ratios = true;
    return this;
  }

  private double length(double value) {
    // A ratio of nothing is drawn as a very small one.
    return ratios ? Math.log10(Math.max(value, 1e-3)) : value;
  }

  /** The SVG element. */
  public String svg() {
    int height = TOP + ROW * Math.max(1, bars.size()) + 16;
    int left = room(LEAST_LEFT, bars.stream().map(Bar::label));
    int width = left + LONGEST_BAR + room(LEAST_RIGHT, bars.stream().map(Bar::text));
    double low = Math.min(0, bars.stream().mapToDouble(bar -> length(bar.value())).min().orElse(0));
    double high = bars.stream().mapToDouble(bar -> length(bar.value())).max().orElse(1);
    double scale = LONGEST_BAR / Math.max(Math.max(0, high) - low, 1e-12);
    double origin = left - scale * low;
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" font-family=\"system-ui, -apple-system, Segoe UI,"
                + " Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                + "<text x=\"16\" y=\"24\" font-size=\"14\" font-weight=\"600\">%s</text>\n",
            width,
            height,
            width,
            height,
            LineChart.escape(title)));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      int y = TOP + ROW * i;
      double end = origin + scale * length(bar.value());
      text(out, left - 10, y, "end", bar.label());
      out.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#0072b2\"/>\n",
              Math.min(origin, end),
              y + 3,
              Math.max(1, Math.abs(end - origin)),
              ROW - 8));
      text(out, Math.max(origin, end) + 8, y, "start", bar.text());
    }
    return out.append("</svg>\n").toString();
  }

  private static int room(int least, Stream<String> texts) {
    int longest = texts.mapToInt(String::length).max().orElse(0);
    return Math.max(least, (int) Math.ceil(LETTER * longest) + 24);
  }

  private static void text(StringBuilder out, double x, int row, String anchor, String text) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n",
            x,
            row + 15,
            anchor,
            LineChart.escape(text)));
  }
}
