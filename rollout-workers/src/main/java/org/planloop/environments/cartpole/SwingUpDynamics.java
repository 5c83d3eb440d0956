package org.planloop.environments.cartpole;

import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * The cart-pole of PETS from its equations, in agreement with MuJoCo to 1e-11 a step.
 *
 * <p>State (x, theta, x', theta'): metres, radians, theta = 0 hanging, the pole's centre of mass at
 * (x - l sin theta, -l cos theta). Two fourth-order Runge-Kutta steps of 0.02 s a control step.
 * Masses and inertia are those of capsules of density 1000 kg/m^3: cart of radius 0.1 m between
 * caps 0.2 m apart, pole of radius 0.049 m between caps 0.6 m apart. The slider stops softly at
 * +-2.5 m as in MuJoCo with its default solver parameters: one constraint, so its solution is
 * closed (MuJoCo documentation, Computation, "Constraint model").
 *
 * @param damping of both joints, in N s/m and N m s
 */
record SwingUpDynamics(double damping) implements Simulator {
  static final double DAMPING = 1;

  static final double CART_MASS = 10.471975511965978;
  static final double POLE_MASS = 5.018585355564371;
  static final double POLE_INERTIA = 0.18874906662950147;
  static final double CENTRE = 0.3;
  static final double GRAVITY = 9.81;

  private static final double GEAR = 100;
  private static final double STEP = 0.02;
  private static final double START_STD = 0.1;

  /** The mass matrix is ((TOTAL, -MOMENT cos theta), (-MOMENT cos theta, ABOUT_HINGE)). */
  private static final double TOTAL = CART_MASS + POLE_MASS;

  private static final double MOMENT = POLE_MASS * CENTRE;
  private static final double ABOUT_HINGE = POLE_INERTIA + MOMENT * CENTRE;

  static final double RAIL = 2.5;
  private static final double IMPEDANCE_START = 0.9;
  private static final double IMPEDANCE_END = 0.95;
  private static final double IMPEDANCE_WIDTH = 0.001;

  /** MuJoCo holds the stop's time constant of 0.02 s to at least two time steps. */
  private static final double STOP_TIME = 2 * STEP;

  /** The slider's inverse inertia with the pole hanging, which scales the stop's softness. */
  private static final double INVERSE_INERTIA_AT_REST =
      ABOUT_HINGE / (TOTAL * ABOUT_HINGE - MOMENT * MOMENT);

  @Override
  public int size() {
    return 4;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    for (int i = 0; i < 4; i++) {
      full[i] = START_STD * random.nextGaussian();
    }
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    double force = GEAR * action[0];
    rungeKutta(full, force, STEP);
    rungeKutta(full, force, STEP);
  }

  /** Advances by one classical Runge-Kutta step of {@code h} seconds. */
  void rungeKutta(double[] s, double force, double h) {
    double x = s[0];
    double theta = s[1];
    double v1 = s[2];
    double w1 = s[3];
    double a1 = cartAcceleration(x, theta, v1, w1, force);
    double b1 = poleAcceleration(theta, w1, a1);

    double v2 = v1 + h / 2 * a1;
    double w2 = w1 + h / 2 * b1;
    double theta2 = theta + h / 2 * w1;
    double a2 = cartAcceleration(x + h / 2 * v1, theta2, v2, w2, force);
    double b2 = poleAcceleration(theta2, w2, a2);

    double v3 = v1 + h / 2 * a2;
    double w3 = w1 + h / 2 * b2;
    double theta3 = theta + h / 2 * w2;
    double a3 = cartAcceleration(x + h / 2 * v2, theta3, v3, w3, force);
    double b3 = poleAcceleration(theta3, w3, a3);

    double v4 = v1 + h * a3;
    double w4 = w1 + h * b3;
    double theta4 = theta + h * w3;
    double a4 = cartAcceleration(x + h * v3, theta4, v4, w4, force);
    double b4 = poleAcceleration(theta4, w4, a4);

    s[0] = x + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4);
    s[1] = theta + h / 6 * (w1 + 2 * w2 + 2 * w3 + w4);
    s[2] = v1 + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4);
    s[3] = w1 + h / 6 * (b1 + 2 * b2 + 2 * b3 + b4);
  }

  private double cartAcceleration(double x, double theta, double v, double w, double force) {
    double sin = Math.sin(theta);
    double coupling = -MOMENT * Math.cos(theta);
    double determinant = TOTAL * ABOUT_HINGE - coupling * coupling;
    double onCart = force - damping * v - MOMENT * sin * w * w;
    double onPole = -damping * w - MOMENT * GRAVITY * sin;
    double free = (ABOUT_HINGE * onCart - coupling * onPole) / determinant;
    if (Math.abs(x) <= RAIL) {
      return free;
    }
    double inverseInertia = ABOUT_HINGE / determinant;
    return free + inverseInertia * stopForce(x, v, free, inverseInertia);
  }

  /** From the second row of the equations of motion, given the first one's solution. */
  private double poleAcceleration(double theta, double w, double cartAcceleration) {
    double onPole = -damping * w - MOMENT * GRAVITY * Math.sin(theta);
    return (onPole + MOMENT * Math.cos(theta) * cartAcceleration) / ABOUT_HINGE;
  }

  /** The force on the cart, beyond the end of the rail, that MuJoCo's soft limit exerts. */
  private static double stopForce(double x, double v, double free, double inverseInertia) {
    double inward = -Math.signum(x);
    double depth = Math.abs(x) - RAIL;
    double impedance = impedance(depth);
    double wanted =
        impedance * depth / (IMPEDANCE_END * STOP_TIME * IMPEDANCE_END * STOP_TIME)
            - 2 / (IMPEDANCE_END * STOP_TIME) * inward * v;
    double softness = (1 - impedance) / impedance * INVERSE_INERTIA_AT_REST;
    return inward * Math.max(0, (wanted - inward * free) / (inverseInertia + softness));
  }

  private static double impedance(double depth) {
    double ratio = Math.min(1, depth / IMPEDANCE_WIDTH);
    double rise = ratio <= 0.5 ? 2 * ratio * ratio : 1 - 2 * (1 - ratio) * (1 - ratio);
    return IMPEDANCE_START + rise * (IMPEDANCE_END - IMPEDANCE_START);
  }
}
