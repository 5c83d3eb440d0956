package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.planloop.environment.Environment;

/** A cart on a rail with its pole; hanging or standing at theta = 0 as the environment has it. */
public final class CartPoleScene implements EpisodeScene {
  private static final double RAIL_Y = 160;
  private static final double POLE = 105;

  @Override
  public boolean draws(Environment environment) {
    return environment.name().startsWith("cartpole-");
  }

  @Override
  public String elements(EpisodeTrace trace, double seconds) {
    double[] x = Motion.of(trace, "x");
    double[] theta = Motion.of(trace, "theta");
    double reach = 2.5;
    for (double value : x) {
      reach = Math.max(reach, Math.abs(value));
    }
    double scale = (WIDTH / 2.0 - 60) / reach;
    boolean hanging = trace.environment().name().equals("cartpole-swingup");
    List<String> carts = new ArrayList<>();
    List<String> angles = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      carts.add(Motion.number(WIDTH / 2.0 + scale * x[i]) + "," + Motion.number(RAIL_Y));
      angles.add(Motion.number(Math.toDegrees(theta[i])));
    }
    double end = hanging ? POLE : -POLE;
    return String.format(
            Locale.ROOT,
            "<line x1=\"40\" y1=\"%.0f\" x2=\"%d\" y2=\"%.0f\" stroke=\"#bbb\""
                + " stroke-width=\"3\"/>\n",
            RAIL_Y,
            WIDTH - 40,
            RAIL_Y)
        + "<g>\n"
        + Motion.animate("translate", carts, seconds)
        + "<rect x=\"-28\" y=\"-14\" width=\"56\" height=\"28\" rx=\"5\" fill=\"#0072b2\"/>\n"
        + "<g>\n"
        + Motion.animate("rotate", angles, seconds)
        + String.format(
            Locale.ROOT,
            "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"%.0f\" stroke=\"#d55e00\" stroke-width=\"8\""
                + " stroke-linecap=\"round\"/>\n",
            end)
        + String.format(
            Locale.ROOT, "<circle cx=\"0\" cy=\"%.0f\" r=\"8\" fill=\"#d55e00\"/>\n", end)
        + "</g>\n<circle r=\"4\" fill=\"#fff\"/>\n</g>\n";
  }
}
