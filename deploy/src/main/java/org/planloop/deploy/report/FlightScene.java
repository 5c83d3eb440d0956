package org.planloop.deploy.report;

import java.util.List;
import java.util.stream.IntStream;
import org.planloop.environment.Environment;
import org.planloop.environments.helicopter.HelicopterPose;

/** A helicopter that follows a moving target, in three dimensions; the target's path is grey. */
public final class FlightScene implements EpisodeScene {
  private static final int SNAPSHOTS = 12;

  @Override
  public boolean draws(Environment environment) {
    return environment.name().equals("helicopter-funnel");
  }

  @Override
  public String elements(EpisodeTrace trace, double seconds) {
    List<HelicopterPose> flown = flown(trace);
    List<HelicopterPose> target = target(trace.environment(), flown.size());
    FlightView view = FlightView.around(List.of(flown, target), WIDTH, HEIGHT);
    return view.shadow(flown) + flight(view, target, flown, "#0072b2", seconds);
  }

  /** Where the helicopter was at each step. */
  public static List<HelicopterPose> flown(EpisodeTrace trace) {
    return trace.states().stream()
        .map(state -> HelicopterPose.of(trace.environment(), state))
        .toList();
  }

  /** Where it should be at the first {@code steps} steps. */
  public static List<HelicopterPose> target(Environment environment, int steps) {
    return IntStream.range(0, steps)
        .mapToObj(step -> HelicopterPose.target(environment, step))
        .toList();
  }

  /** A target's path, what was flown with snapshots of the attitude, and the helicopter moving. */
  public static String flight(
      FlightView view,
      List<HelicopterPose> target,
      List<HelicopterPose> flown,
      String color,
      double seconds) {
    StringBuilder out = new StringBuilder();
    out.append(view.path(target, "stroke=\"#aaa\" stroke-width=\"1.2\""));
    out.append(view.path(flown, "stroke=\"" + color + "\" stroke-width=\"1.5\""));
    for (int i = 0; i < SNAPSHOTS; i++) {
      HelicopterPose pose = flown.get(i * (flown.size() - 1) / (SNAPSHOTS - 1));
      out.append(view.helicopter(pose, "#555", 0.35));
    }
    return out.append(view.flying(flown, color, seconds)).toString();
  }
}
