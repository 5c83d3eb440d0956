package org.planloop.deploy.report;

import java.util.List;
import java.util.Locale;

/** Several pictures as one. */
public final class Panels {
  private Panels() {}

  /**
   * One below the other.
   *
   * @param charts SVG elements, each of this size in pixels
   */
  public static String column(List<String> charts, int width, int height) {
    return grid(charts, 1, width, height);
  }

  /** In rows of {@code columns}. */
  public static String grid(List<String> charts, int columns, int width, int height) {
    int rows = (charts.size() + columns - 1) / columns;
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\">\n",
            columns * width,
            rows * height,
            columns * width,
            rows * height));
    for (int i = 0; i < charts.size(); i++) {
      out.append(
          String.format(
              Locale.ROOT,
              "<g transform=\"translate(%d %d)\">\n",
              i % columns * width,
              i / columns * height));
      out.append(charts.get(i)).append("</g>\n");
    }
    return out.append("</svg>\n").toString();
  }
}
