package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.planloop.environment.Environment;

/** A rod about a pivot: upright at theta = 0, positive to the left, as in Gymnasium. */
public final class PendulumScene implements EpisodeScene {
  private static final double ROD = 115;

  @Override
  public boolean draws(Environment environment) {
    return environment.name().equals("pendulum");
  }

  @Override
  public String elements(EpisodeTrace trace, double seconds) {
    List<String> angles = new ArrayList<>();
    for (double theta : Motion.of(trace, "theta")) {
      angles.add(Motion.number(-Math.toDegrees(theta)));
    }
    return String.format(
            Locale.ROOT,
            "<g transform=\"translate(%d %d)\">\n<circle r=\"%.0f\" fill=\"none\" stroke=\"#eee\""
                + " stroke-width=\"2\"/>\n",
            WIDTH / 2,
            HEIGHT / 2,
            ROD)
        + "<g>\n"
        + Motion.animate("rotate", angles, seconds)
        + String.format(
            Locale.ROOT,
            "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"%.0f\" stroke=\"#d55e00\" stroke-width=\"12\""
                + " stroke-linecap=\"round\"/>\n",
            -ROD)
        + "</g>\n<circle r=\"5\" fill=\"#333\"/>\n</g>\n";
  }
}
