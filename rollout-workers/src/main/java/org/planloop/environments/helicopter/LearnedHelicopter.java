package org.planloop.environments.helicopter;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * A helicopter whose kinematics are known and whose body accelerations are learned (Abbeel, Coates
 * and Ng 2010): three linear and three angular ones, each linear in a constant, the body velocity,
 * the rates and the controls. Unlike a linear model of the state it holds in every attitude, so a
 * few flights are enough for all manoeuvres.
 *
 * <p>The full state is that of {@link HoverDynamics} without delay and noise.
 *
 * @param weights shape [{@value #FEATURES}, {@value #ACCELERATIONS}]
 */
public record LearnedHelicopter(double[] weights) implements Simulator {
  /** A constant, body velocity (3), rates (3), controls (4). */
  public static final int FEATURES = 11;

  /** Along and about the body's axes. */
  public static final int ACCELERATIONS = 6;

  private static final double GRAVITY = 9.81;

  public LearnedHelicopter {
    if (weights.length != FEATURES * ACCELERATIONS) {
      throw new IllegalArgumentException(
          "a learned helicopter has "
              + FEATURES * ACCELERATIONS
              + " weights, not "
              + weights.length);
    }
  }

  /**
   * One row of the regression that the weights come from.
   *
   * @param before full state before a step
   * @param after full state after it
   * @param features result: what the accelerations are linear in, shape [{@value #FEATURES}]
   * @param accelerations result: what they were, shape [{@value #ACCELERATIONS}]
   */
  public static void row(
      double[] before, double[] after, double[] features, double[] accelerations) {
    features(before, after, features);
    double[] world = new double[3];
    for (int i = 0; i < 3; i++) {
      int v = HoverDynamics.VELOCITY + i;
      world[i] = (after[v] - before[v]) / HoverDynamics.STEP - (i == 2 ? GRAVITY : 0);
      int rate = HoverDynamics.RATES + i;
      accelerations[3 + i] = (after[rate] - before[rate]) / HoverDynamics.STEP;
    }
    int q = HoverDynamics.ATTITUDE;
    accelerations[0] = Attitude.forward(before, q, world[0], world[1], world[2]);
    accelerations[1] = Attitude.right(before, q, world[0], world[1], world[2]);
    accelerations[2] = Attitude.below(before, q, world[0], world[1], world[2]);
  }

  /** The controls are those of the step itself: of {@code controlled}. */
  private static void features(double[] state, double[] controlled, double[] features) {
    double n = state[HoverDynamics.VELOCITY];
    double e = state[HoverDynamics.VELOCITY + 1];
    double d = state[HoverDynamics.VELOCITY + 2];
    features[0] = 1;
    features[1] = Attitude.forward(state, HoverDynamics.ATTITUDE, n, e, d);
    features[2] = Attitude.right(state, HoverDynamics.ATTITUDE, n, e, d);
    features[3] = Attitude.below(state, HoverDynamics.ATTITUDE, n, e, d);
    System.arraycopy(state, HoverDynamics.RATES, features, 4, 3);
    System.arraycopy(controlled, HoverDynamics.CONTROLS, features, 7, 4);
  }

  @Override
  public int size() {
    return HoverDynamics.QUEUE;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    new HoverDynamics(0, 0).start(full, random);
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    for (int i = 0; i < 4; i++) {
      full[HoverDynamics.CHANGE + i] = action[i];
      full[HoverDynamics.CONTROLS + i] += action[i];
    }
    int q = HoverDynamics.ATTITUDE;
    double vn = full[HoverDynamics.VELOCITY];
    double ve = full[HoverDynamics.VELOCITY + 1];
    double vd = full[HoverDynamics.VELOCITY + 2];
    double ahead = Attitude.forward(full, q, vn, ve, vd);
    double right = Attitude.right(full, q, vn, ve, vd);
    double below = Attitude.below(full, q, vn, ve, vd);
    double ax = acceleration(0, full, ahead, right, below);
    double ay = acceleration(1, full, ahead, right, below);
    double az = acceleration(2, full, ahead, right, below);
    double rolling = acceleration(3, full, ahead, right, below);
    double pitching = acceleration(4, full, ahead, right, below);
    double yawing = acceleration(5, full, ahead, right, below);
    double turnX = HoverDynamics.STEP * full[HoverDynamics.RATES];
    double turnY = HoverDynamics.STEP * full[HoverDynamics.RATES + 1];
    double turnZ = HoverDynamics.STEP * full[HoverDynamics.RATES + 2];
    full[HoverDynamics.POSITION] += HoverDynamics.STEP * vn;
    full[HoverDynamics.POSITION + 1] += HoverDynamics.STEP * ve;
    full[HoverDynamics.POSITION + 2] += HoverDynamics.STEP * vd;
    full[HoverDynamics.VELOCITY] += HoverDynamics.STEP * Attitude.north(full, q, ax, ay, az);
    full[HoverDynamics.VELOCITY + 1] += HoverDynamics.STEP * Attitude.east(full, q, ax, ay, az);
    full[HoverDynamics.VELOCITY + 2] +=
        HoverDynamics.STEP * (Attitude.down(full, q, ax, ay, az) + GRAVITY);
    full[HoverDynamics.RATES] += HoverDynamics.STEP * rolling;
    full[HoverDynamics.RATES + 1] += HoverDynamics.STEP * pitching;
    full[HoverDynamics.RATES + 2] += HoverDynamics.STEP * yawing;
    Attitude.turn(full, q, turnX, turnY, turnZ);
  }

  /** One of the six, from the state before the step and the controls of the step. */
  private double acceleration(int j, double[] full, double ahead, double right, double below) {
    double sum = weights[j] + weight(1, j) * ahead + weight(2, j) * right + weight(3, j) * below;
    for (int i = 0; i < 3; i++) {
      sum += weight(4 + i, j) * full[HoverDynamics.RATES + i];
    }
    for (int i = 0; i < 4; i++) {
      sum += weight(7 + i, j) * full[HoverDynamics.CONTROLS + i];
    }
    return sum;
  }

  private double weight(int feature, int j) {
    return weights[feature * ACCELERATIONS + j];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LearnedHelicopter that && Arrays.equals(weights, that.weights);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(weights);
  }

  @Override
  public String toString() {
    return "LearnedHelicopter" + Arrays.toString(weights);
  }
}
