package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A line chart as a self-contained SVG: no script, no font, no network. Points that are not finite
 * leave a gap.
 */
public final class LineChart {
  private static final String[] COLORS = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"
  };

  /** Keeps a word readable on top of a line. */
  private static final String HALO =
      "fill=\"#666\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\"";

  private static final int LEFT = 64;
  private static final int RIGHT = 20;
  private static final int BOTTOM = 46;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final int width;
  private final int height;
  private final List<Series> series = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();
  private boolean logarithmic;
  private boolean logarithmicX;
  private List<Double> xTicks = List.of();
  private List<String> categories = List.of();

  /**
   * One line.
   *
   * @param label for the legend
   * @param x ascending
   * @param y same length
   * @param low lower edge of the band around the line, or empty for none
   * @param high upper edge
   */
  public record Series(String label, double[] x, double[] y, double[] low, double[] high) {
    /** A line without a band. */
    public static Series of(String label, double[] x, double[] y) {
      return new Series(label, x, y, new double[0], new double[0]);
    }
  }

  private record Level(String label, double y) {}

  public LineChart(String title, String xLabel, String yLabel) {
    this(title, xLabel, yLabel, 720, 340);
  }

  public LineChart(String title, String xLabel, String yLabel, int width, int height) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.width = width;
    this.height = height;
  }

  /** Adds a line. */
  public LineChart add(Series line) {
    series.add(line);
    return this;
  }

  /** Adds a dashed horizontal line; not a finite level adds nothing. */
  public LineChart level(String label, double y) {
    if (Double.isFinite(y)) {
      levels.add(new Level(label, y));
    }
    return this;
  }

  /** Makes the vertical axis logarithmic; values that are not positive leave a gap. */
  public LineChart logarithmic() {
    logarithmic = true;
    return this;
  }

  /**
   * Makes the horizontal axis logarithmic; every x must then be positive.
   *
   * @param ticks where its ticks stand; round numbers where none is given
   */
  public LineChart logarithmicX(List<Double> ticks) {
    logarithmicX = true;
    xTicks = List.copyOf(ticks);
    return this;
  }

  /**
   * Makes the horizontal axis one of kinds: a line's x is the index of one. Each line is then drawn
   * as dots with whiskers for bands, the lines beside one another within a kind.
   */
  public LineChart categories(List<String> labels) {
    categories = List.copyOf(labels);
    return this;
  }

  /** Whether there is no point to draw. */
  public boolean isEmpty() {
    return series.stream()
        .noneMatch(line -> java.util.Arrays.stream(line.y()).anyMatch(this::drawn));
  }

  private boolean drawn(double y) {
    return Double.isFinite(y) && (!logarithmic || y > 0);
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
    out.append("<title>").append(escape(title)).append("</title>\n");
    out.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    text(out, LEFT, 20, "start", "font-size=\"14\" font-weight=\"600\"", title);
    int legendRows = legend(out);
    if (isEmpty()) {
      text(out, width / 2.0, height / 2.0, "middle", "fill=\"#888\"", "no data");
    } else {
      plot(out, 36 + 18 * legendRows);
    }
    return out.append("</svg>\n").toString();
  }

  private int legend(StringBuilder out) {
    double x = LEFT;
    int row = 0;
    for (int i = 0; i < series.size(); i++) {
      String label = series.get(i).label();
      double needed = 44 + 7.4 * label.length();
      if (x > LEFT && x + needed > width - RIGHT) {
        x = LEFT;
        row++;
      }
      double y = 38 + 18 * row;
      out.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                  + " stroke-width=\"3\"/>\n",
              x,
              y - 4,
              x + 18,
              y - 4,
              color(i)));
      text(out, x + 24, y, "start", "", label);
      x += needed;
    }
    return series.isEmpty() ? 0 : row + 1;
  }

  private static String color(int index) {
    return COLORS[index % COLORS.length];
  }

  private void plot(StringBuilder out, int top) {
    Scale xs = xScale();
    Scale ys = yScale(top);
    axes(out, xs, ys, top);
    for (int i = 0; categories.isEmpty() && i < series.size(); i++) {
      band(out, series.get(i), xs, ys, color(i));
    }
    for (int i = 0; i < series.size(); i++) {
      if (categories.isEmpty()) {
        line(out, series.get(i), xs, ys, color(i));
      } else {
        dots(out, series.get(i), (i + 1.0) / (series.size() + 1) - 0.5, xs, ys, color(i));
      }
    }
    for (Level level : levels) {
      if (drawn(level.y())) {
        double y = ys.at(level.y());
        out.append(
            String.format(
                Locale.ROOT,
                "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#666\""
                    + " stroke-dasharray=\"5 4\"/>\n",
                LEFT,
                y,
                width - RIGHT,
                y));
        boolean low = y > (top + height - BOTTOM) / 2.0 && y + 16 < height - BOTTOM;
        text(out, width - RIGHT - 4, low ? y + 14 : y - 5, "end", HALO, level.label());
      }
    }
  }

  private Scale xScale() {
    if (!categories.isEmpty()) {
      return new Scale(-0.5, categories.size() - 0.5, LEFT, width - RIGHT, false);
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Series line : series) {
      for (double x : line.x()) {
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
    }
    if (logarithmicX && low > 0 && high > low) {
      double margin = 0.02 * Math.log10(high / low);
      return new Scale(
          Math.log10(low) - margin, Math.log10(high) + margin, LEFT, width - RIGHT, true);
    }
    if (low > 0 && low < high / 2) {
      low = 0;
    }
    return high > low
        ? new Scale(low, high, LEFT, width - RIGHT, false)
        : new Scale(low - 1, low + 1, LEFT, width - RIGHT, false);
  }

  private Scale yScale(int top) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    List<double[]> all = new ArrayList<>();
    for (Series line : series) {
      all.add(line.y());
      all.add(line.low());
      all.add(line.high());
    }
    levels.forEach(level -> all.add(new double[] {level.y()}));
    for (double[] values : all) {
      for (double value : values) {
        if (drawn(value)) {
          double v = logarithmic ? Math.log10(value) : value;
          low = Math.min(low, v);
          high = Math.max(high, v);
        }
      }
    }
    double margin = high > low ? 0.05 * (high - low) : Math.max(0.5, Math.abs(high) * 0.05);
    return new Scale(low - margin, high + margin, height - BOTTOM, top, logarithmic);
  }

  private void axes(StringBuilder out, Scale xs, Scale ys, int top) {
    for (double tick : ys.ticks()) {
      double y = ys.at(tick);
      out.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n",
              LEFT,
              y,
              width - RIGHT,
              y));
      text(out, LEFT - 8, y + 4, "end", "", Scale.label(tick));
    }
    for (double tick : xTicks(xs)) {
      double x = xs.at(tick);
      out.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#999\"/>\n",
              x,
              height - BOTTOM,
              x,
              height - BOTTOM + 4));
      String[] words = xText(tick).split(" ");
      for (int i = 0; i < words.length; i++) {
        text(out, x, height - BOTTOM + 16 + 13 * i, "middle", "", words[i]);
      }
    }
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#999\"/>\n",
            LEFT,
            height - BOTTOM,
            width - RIGHT,
            height - BOTTOM));
    text(out, (LEFT + width - RIGHT) / 2.0, height - 8, "middle", "", xLabel);
    double middle = (top + height - BOTTOM) / 2.0;
    String turned = String.format(Locale.ROOT, "transform=\"rotate(-90 14 %.1f)\"", middle);
    text(out, 14, middle, "middle", turned, yLabel);
  }

  private List<Double> xTicks(Scale xs) {
    if (!xTicks.isEmpty()) {
      return xTicks;
    }
    return categories.isEmpty()
        ? xs.ticks()
        : java.util.stream.IntStream.range(0, categories.size()).mapToObj(i -> (double) i).toList();
  }

  private String xText(double tick) {
    return categories.isEmpty() ? Scale.label(tick) : categories.get((int) tick);
  }

  private void dots(
      StringBuilder out, Series line, double offset, Scale xs, Scale ys, String color) {
    for (int i = 0; i < line.x().length; i++) {
      double x = xs.at(line.x()[i] + offset);
      if (line.low().length > 0 && drawn(line.low()[i]) && drawn(line.high()[i])) {
        out.append(
            String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                    + " stroke-width=\"2\"/>\n",
                x,
                ys.at(line.low()[i]),
                x,
                ys.at(line.high()[i]),
                color));
      }
      if (drawn(line.y()[i])) {
        dot(out, x, ys.at(line.y()[i]), 4, color);
      }
    }
  }

  private static void dot(StringBuilder out, double x, double y, double radius, String color) {
    out.append(
        String.format(
            Locale.ROOT,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>\n",
            x,
            y,
            radius,
            color));
  }

  private void band(StringBuilder out, Series line, Scale xs, Scale ys, String color) {
    if (line.low().length == 0) {
      return;
    }
    StringBuilder upper = new StringBuilder();
    StringBuilder lower = new StringBuilder();
    for (int i = 0; i < line.x().length; i++) {
      boolean known = drawn(line.low()[i]) && drawn(line.high()[i]);
      double low = known ? line.low()[i] : line.y()[i];
      double high = known ? line.high()[i] : line.y()[i];
      if (drawn(low) && drawn(high)) {
        upper.append(point(xs.at(line.x()[i]), ys.at(high)));
        lower.insert(0, point(xs.at(line.x()[i]), ys.at(low)));
      }
    }
    out.append("<polygon fill=\"").append(color).append("\" fill-opacity=\"0.15\" points=\"");
    out.append((upper.toString() + lower).strip()).append("\"/>\n");
  }

  private static String point(double x, double y) {
    return String.format(Locale.ROOT, "%.1f,%.1f ", x, y);
  }

  private void line(StringBuilder out, Series line, Scale xs, Scale ys, String color) {
    StringBuilder path = new StringBuilder();
    boolean down = false;
    for (int i = 0; i < line.x().length; i++) {
      if (!drawn(line.y()[i])) {
        down = false;
        continue;
      }
      path.append(down ? "L" : "M").append(point(xs.at(line.x()[i]), ys.at(line.y()[i])));
      down = true;
    }
    out.append("<path fill=\"none\" stroke=\"").append(color);
    out.append("\" stroke-width=\"2\" stroke-linejoin=\"round\" d=\"");
    out.append(path.toString().strip()).append("\"/>\n");
    if (line.x().length <= 60) {
      for (int i = 0; i < line.x().length; i++) {
        if (drawn(line.y()[i])) {
          dot(out, xs.at(line.x()[i]), ys.at(line.y()[i]), 2.5, color);
        }
      }
    }
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
            escape(text)));
  }

  /** Text that is safe inside XML and HTML. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
