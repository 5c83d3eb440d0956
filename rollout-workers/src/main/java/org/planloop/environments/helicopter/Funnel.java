package org.planloop.environments.helicopter;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * The nose-in funnel of Ross and Bagnell (2012): 5 s of hover, four circles of 5 m in 5 s each with
 * the nose towards the centre, 5 s of hover; 600 steps of 0.05 s, ended by a crash. The learner
 * sees the error state of {@link TrackingDynamics} about the moving target. Settings: {@code
 * sigma}, the noise on forces and torques, and {@code delay}, the steps that a command waits
 * unseen.
 */
public final class Funnel implements EnvironmentFactory {
  /** Name of the environment. */
  public static final String NAME = "helicopter-funnel";

  static final int STEPS = 600;
  private static final int HOVER = 100;
  private static final int CIRCLES_END = 500;
  private static final double RADIUS = 5;
  private static final double TURN = 2 * Math.PI / 5;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "fly an aerobatic helicopter sideways in circles, its nose towards the centre";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("sigma", 0.1, "delay", 0);
  }

  @Override
  public Environment create(Options options) {
    HoverDynamics body =
        new HoverDynamics(options.number("sigma", 0, 100), options.integer("delay", 0, 100));
    return Environment.simulated(
        name(),
        StateSpace.of(TrackingDynamics.NAMES),
        ActionSpace.Box.symmetric(4, 1),
        STEPS,
        TrackingObjective.FUNNEL,
        TrackingDynamics.fromHover(body, target()));
  }

  /** The target: level, at (-5, 0, 0) with the nose to the north, then around the origin. */
  static TargetTrajectory target() {
    double[][] points = new double[STEPS + 1][TargetTrajectory.WIDTH];
    double[] headings = new double[STEPS + 1];
    for (int t = 0; t <= STEPS; t++) {
      double turned = Math.max(0, Math.min(t, CIRCLES_END) - HOVER) * HoverDynamics.STEP * TURN;
      double turning = t >= HOVER && t < CIRCLES_END ? TURN : 0;
      double[] point = points[t];
      point[TargetTrajectory.VELOCITY] = RADIUS * turning * Math.sin(turned);
      point[TargetTrajectory.VELOCITY + 1] = -RADIUS * turning * Math.cos(turned);
      point[TargetTrajectory.POSITION] = -RADIUS * Math.cos(turned);
      point[TargetTrajectory.POSITION + 1] = -RADIUS * Math.sin(turned);
      point[TargetTrajectory.RATES + 2] = turning;
      point[TargetTrajectory.ATTITUDE + 2] = Math.sin(turned / 2);
      point[TargetTrajectory.ATTITUDE + 3] = Math.cos(turned / 2);
      headings[t] = turned;
    }
    return new TargetTrajectory(points, headings);
  }
}
