package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Horizontal bars with their values, as a self-contained SVG. */
public final class BarChart {
  private static final int WIDTH = 820;
  private static final int LEFT = 300;
  private static final int RIGHT = 110;
  private static final int TOP = 44;
  private static final int ROW = 26;

  private final String title;
  private final List<Bar> bars = new ArrayList<>();

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

  /** The SVG element. */
  public String svg() {
    int height = TOP + ROW * Math.max(1, bars.size()) + 16;
    double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" role=\"img\" font-family=\"system-ui, -apple-system, Segoe UI,"
                + " Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#333\">\n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                + "<text x=\"16\" y=\"24\" font-size=\"14\" font-weight=\"600\">%s</text>\n",
            WIDTH,
            height,
            WIDTH,
            height,
            LineChart.escape(title)));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      int y = TOP + ROW * i;
      double length = (WIDTH - LEFT - RIGHT) * bar.value() / Math.max(most, 1e-12);
      text(out, LEFT - 10, y, "end", bar.label());
      out.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#0072b2\"/>\n",
              LEFT,
              y + 3,
              length,
              ROW - 8));
      text(out, LEFT + length + 8, y, "start", bar.text());
    }
    return out.append("</svg>\n").toString();
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
