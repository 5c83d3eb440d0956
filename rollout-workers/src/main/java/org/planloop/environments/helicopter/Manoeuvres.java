package org.planloop.environments.helicopter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;

/**
 * Aerobatic manoeuvres of the helicopter of {@link HoverDynamics}: a stationary flip, a stationary
 * roll and a tic-toc (the nose swings about straight up), and the helicopter along any path of
 * poses, given step by step.
 */
public final class Manoeuvres {
  /** All of them. */
  public static final List<String> NAMES = List.of("flip", "roll", "tic-toc");

  private static final int HOVER = 20;
  private static final int TURN = 50;
  private static final int RISE = 30;
  private static final int SWING = 60;
  private static final int SWING_PERIOD = 30;
  private static final double SWING_ANGLE = Math.toRadians(30);

  /** An attitude counts as much as a position here, and a control may move faster than in hover. */
  private static final TrackingObjective OBJECTIVE = new TrackingObjective(50, 0.01, 10, 1, 100);

  private Manoeuvres() {}

  /**
   * What a pilot would ask for, whether a helicopter can do it or not: a second of hover, the turn
   * on the spot, a second of hover.
   *
   * @throws IllegalArgumentException if there is no such manoeuvre
   */
  public static List<HelicopterPose> wish(String name) {
    return switch (name) {
      case "flip" -> turning(turn(), 1);
      case "roll" -> turning(turn(), 0);
      case "tic-toc" -> turning(ticToc(), 1);
      default ->
          throw new IllegalArgumentException(name + ": there is no such manoeuvre among " + NAMES);
    };
  }

  private static double[] turn() {
    double[] angles = new double[2 * HOVER + TURN + 1];
    for (int t = 0; t < angles.length; t++) {
      angles[t] = 2 * Math.PI * smooth((t - HOVER) / (double) TURN);
    }
    return angles;
  }

  private static double[] ticToc() {
    double[] angles = new double[2 * (HOVER + RISE) + SWING + 1];
    for (int t = 0; t < angles.length; t++) {
      int swinging = t - HOVER - RISE;
      double up = smooth((t - HOVER) / (double) RISE) - smooth((swinging - SWING) / (double) RISE);
      boolean swings = swinging >= 0 && swinging <= SWING;
      double swing = swings ? Math.sin(2 * Math.PI * swinging / SWING_PERIOD) : 0;
      angles[t] = Math.PI / 2 * up + SWING_ANGLE * swing;
    }
    return angles;
  }

  /** From 0 to 1 with the least jerk. */
  private static double smooth(double s) {
    double x = Math.min(1, Math.max(0, s));
    return x * x * x * (10 - 15 * x + 6 * x * x);
  }

  /** On the spot, turned by these angles about the body's first or second axis. */
  private static List<HelicopterPose> turning(double[] angles, int axis) {
    return Arrays.stream(angles)
        .mapToObj(
            angle -> {
              double sin = Math.sin(angle / 2);
              return new HelicopterPose(
                  0, 0, 0, axis == 0 ? sin : 0, axis == 1 ? sin : 0, 0, Math.cos(angle / 2));
            })
        .toList();
  }

  /**
   * The helicopter along a path, from hover at its first pose.
   *
   * @param name of the environment, for messages
   * @param path poses of every step, one more than there are steps
   * @param sigma noise on forces (N) and torques (N m)
   */
  public static Environment along(String name, List<HelicopterPose> path, double sigma) {
    return along(name, path, new HoverDynamics(sigma, 0));
  }

  /** The same with a learned helicopter in place of the true one: to plan in. */
  public static Environment along(String name, List<HelicopterPose> path, LearnedHelicopter model) {
    return along(name, path, (Simulator) model);
  }

  private static Environment along(String name, List<HelicopterPose> path, Simulator body) {
    return Environment.simulated(
        name,
        StateSpace.of(TrackingDynamics.NAMES),
        ActionSpace.Box.symmetric(4, 1),
        path.size() - 1,
        OBJECTIVE,
        TrackingDynamics.fromHover(body, target(path)));
  }

  /** Velocities and rates by central differences. */
  static TargetTrajectory target(List<HelicopterPose> path) {
    List<double[]> points = new ArrayList<>();
    for (int t = 0; t < path.size(); t++) {
      HelicopterPose before = path.get(Math.max(0, t - 1));
      HelicopterPose here = path.get(t);
      HelicopterPose after = path.get(Math.min(path.size() - 1, t + 1));
      double seconds = HoverDynamics.STEP * (t == 0 || t == path.size() - 1 ? 1 : 2);
      double[] turned = new double[3];
      Attitude.difference(quaternion(before), 0, quaternion(after), 0, turned, 0);
      double sin = Math.min(1, Math.hypot(Math.hypot(turned[0], turned[1]), turned[2]));
      double scale = sin < 1e-9 ? 2 : 2 * Math.asin(sin) / sin;
      points.add(
          new double[] {
            (after.north() - before.north()) / seconds,
            (after.east() - before.east()) / seconds,
            (after.down() - before.down()) / seconds,
            here.north(),
            here.east(),
            here.down(),
            scale * turned[0] / seconds,
            scale * turned[1] / seconds,
            scale * turned[2] / seconds,
            here.x(),
            here.y(),
            here.z(),
            here.w()
          });
    }
    return new TargetTrajectory(points.toArray(new double[0][]), new double[path.size()]);
  }

  private static double[] quaternion(HelicopterPose pose) {
    return new double[] {pose.x(), pose.y(), pose.z(), pose.w()};
  }
}
