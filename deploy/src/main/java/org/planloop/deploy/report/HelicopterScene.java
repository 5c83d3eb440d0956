package org.planloop.deploy.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.planloop.environment.Environment;

/** Where a helicopter is, seen from above and from the side; the target is the cross. */
public final class HelicopterScene implements EpisodeScene {
  private static final double HALF = 110;

  @Override
  public boolean draws(Environment environment) {
    return environment.name().startsWith("helicopter-hover");
  }

  @Override
  public String elements(EpisodeTrace trace, double seconds) {
    boolean world = Motion.has(trace.environment().states(), "north");
    double[] ahead = Motion.of(trace, world ? "north" : "x");
    double[] right = Motion.of(trace, world ? "east" : "y");
    double[] down = Motion.of(trace, world ? "down" : "z");
    double reach =
        Stream.of(ahead, right, down)
            .flatMapToDouble(Arrays::stream)
            .map(Math::abs)
            .max()
            .orElse(0);
    double metres = roundUp(Math.max(reach, 0.1));
    return panel(WIDTH * 0.27, "from above", right, negative(ahead), metres, seconds)
        + panel(WIDTH * 0.73, "from the side", ahead, down, metres, seconds);
  }

  private static double[] negative(double[] values) {
    return Arrays.stream(values).map(value -> -value).toArray();
  }

  /** The next of 1, 2, 5, 10, 20 ... */
  private static double roundUp(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= value) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String panel(
      double centre, String title, double[] x, double[] y, double metres, double seconds) {
    double scale = HALF / metres;
    List<String> points =
        Motion.points(
            Arrays.stream(x).map(value -> value * scale).toArray(),
            Arrays.stream(y).map(value -> value * scale).toArray());
    return String.format(
            Locale.ROOT,
            "<g transform=\"translate(%.0f %d)\">\n<rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\""
                + " height=\"%.0f\" fill=\"#f6f9fc\" stroke=\"#ccc\"/>\n",
            centre,
            HEIGHT / 2 + 5,
            -HALF,
            -HALF,
            2 * HALF,
            2 * HALF)
        + "<path d=\"M-6,0H6M0,-6V6\" stroke=\"#888\"/>\n"
        + "<polyline fill=\"none\" stroke=\"#9cc3e0\" points=\""
        + String.join(" ", points)
        + "\"/>\n<circle r=\"6\" fill=\"#0072b2\">\n"
        + Motion.animate("translate", points, seconds)
        + "</circle>\n"
        + String.format(
            Locale.ROOT,
            "<text y=\"%.0f\" text-anchor=\"middle\">%s, %s m to each side</text>\n</g>\n",
            -HALF - 8,
            title,
            org.planloop.data.PlainDecimal.text(metres));
  }
}
