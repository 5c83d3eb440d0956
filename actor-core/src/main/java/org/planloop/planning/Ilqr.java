package org.planloop.planning;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Iterative linear-quadratic regulation along a trajectory (differential dynamic programming
 * without the dynamics' second derivatives; Li and Todorov 2004, Jacobson and Mayne 1970):
 * linearise about the trajectory, solve the linear-quadratic problem backwards, fly its feedback
 * forwards, repeat.
 *
 * <p>A step that does not lower the cost is halved; if no fraction of it does, the changes of the
 * actions are charged ({@link Settings#regularization}) and the step is computed again. A
 * trajectory that is far from its target is reached by homotopy: the system is first drawn to the
 * target, x' = a x* + (1 - a) f(x, u) with a near 1, and let go in stages; each stage starts with
 * the feedback of the one before. On a linear system one iteration is exact.
 */
public final class Ilqr {
  private static final int MOST_HALVINGS = 12;
  private static final double LEAST_SHARE = 1e-4;
  private static final double MOST_REGULARIZATION = 1e12;
  private static final double FACTOR = 10;

  private final TrajectoryDynamics dynamics;
  private final TrajectoryCost cost;
  private final int states;
  private final int actions;
  private final int horizon;
  private final double[][] a;
  private final double[][] b;
  private final double[][] feedforward;
  private double[][] gains;
  private double pull;

  /** What the backward pass expects of the whole step: to lower the cost by this. */
  private double expected;

  /**
   * How to iterate.
   *
   * @param homotopy a of each stage, from 0 (the system itself) to 1 (exclusive); the last must be
   *     0
   * @param iterations at most, of each stage
   * @param tolerance relative change of the cost at which a stage has converged
   * @param regularization first charge on a squared change of an action, in units of the action's
   *     weight, after a step that no halving makes good
   */
  public record Settings(
      double[] homotopy, int iterations, double tolerance, double regularization) {
    public Settings {
      boolean ends = homotopy.length > 0 && homotopy[homotopy.length - 1] == 0;
      if (!ends || Arrays.stream(homotopy).anyMatch(pull -> !(pull >= 0 && pull < 1))) {
        throw new IllegalArgumentException(
            "a homotopy goes through pulls in [0, 1) and ends with 0: "
                + Arrays.toString(homotopy));
      }
      if (iterations < 1 || !(tolerance >= 0) || !(regularization > 0)) {
        throw new IllegalArgumentException(
            "iLQR needs an iteration, a tolerance of 0 or more and a regularization above 0: "
                + iterations
                + ", "
                + tolerance
                + ", "
                + regularization);
      }
    }

    /** The system itself from the first iteration on. */
    public static Settings direct(int iterations, double tolerance) {
      return new Settings(new double[] {0}, iterations, tolerance, 0.01);
    }

    /** The stages for a trajectory that is far from what the system does by itself. */
    public static Settings staged(int iterations, double tolerance) {
      double[] stages = {0.95, 0.8, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0};
      return new Settings(stages, iterations, tolerance, 0.01);
    }
  }

  /**
   * A trajectory with the feedback about it: u = actions[t] - gains[t] (x - states[t]).
   *
   * @param states shape [H + 1][S]
   * @param actions shape [H][A]
   * @param gains K, shape [H][A, S]
   * @param cost of the trajectory itself
   * @param iterations taken, all stages together
   * @param converged whether the last stage's cost had settled
   */
  public record Solution(
      double[][] states,
      double[][] actions,
      double[][] gains,
      double cost,
      int iterations,
      boolean converged) {
    /**
     * The same feedback as u = -G x, its affine part carried by a dimension that is constantly 1.
     *
     * @param one where that dimension stands
     * @return G, shape [H, A, S]
     */
    public double[] homogeneousGains(int one) {
      int width = states[0].length;
      int outputs = actions[0].length;
      double[] result = new double[actions.length * outputs * width];
      for (int t = 0; t < actions.length; t++) {
        for (int i = 0; i < outputs; i++) {
          int row = (t * outputs + i) * width;
          System.arraycopy(gains[t], i * width, result, row, width);
          double constant = actions[t][i];
          for (int j = 0; j < width; j++) {
            constant += gains[t][i * width + j] * states[t][j];
          }
          result[row + one] -= constant;
        }
      }
      return result;
    }
  }

  private record Flight(double[][] states, double[][] actions, double cost) {}

  private Ilqr(TrajectoryDynamics dynamics, TrajectoryCost cost) {
    this.dynamics = dynamics;
    this.cost = cost;
    this.states = dynamics.stateSize();
    this.actions = dynamics.actionSize();
    this.horizon = cost.horizon();
    a = new double[horizon][states * states];
    b = new double[horizon][states * actions];
    gains = new double[horizon][actions * states];
    feedforward = new double[horizon][actions];
  }

  /**
   * The best trajectory from {@code start} that the iteration finds.
   *
   * @param start shape [S]
   * @param guess the actions to begin with, shape [H][A]
   * @throws PlanningException if already the guess leads to a cost that is not finite, or the
   *     feedback does
   */
  public static Solution solve(
      TrajectoryDynamics dynamics,
      TrajectoryCost cost,
      double[] start,
      double[][] guess,
      Settings settings) {
    return new Ilqr(dynamics, cost).run(start, guess, settings);
  }

  private Solution run(double[] start, double[][] guess, Settings settings) {
    double[][] held = new double[horizon + 1][];
    Arrays.fill(held, start);
    Flight best = new Flight(held, guess, Double.POSITIVE_INFINITY);
    int iterations = 0;
    boolean converged = false;
    for (double stage : settings.homotopy()) {
      pull = stage;
      best = fly(best, start, 0);
      if (!Double.isFinite(best.cost)) {
        throw new PlanningException(
            "iLQR: the trajectory that it begins with diverges at pull "
                + stage
                + "; begin with other actions, or with more stages");
      }
      double charge = 0;
      converged = false;
      for (int i = 0; i < settings.iterations() && !converged; i++) {
        iterations++;
        linearize(best);
        backward(best, charge);
        Flight better = lineSearch(best, start);
        if (better != null) {
          converged = best.cost - better.cost <= settings.tolerance() * best.cost;
          best = better;
          charge = charge <= settings.regularization() ? 0 : charge / FACTOR;
        } else if (expected <= settings.tolerance() * best.cost) {
          converged = true;
        } else {
          charge = Math.max(settings.regularization(), charge * FACTOR);
          if (charge > MOST_REGULARIZATION) {
            break;
          }
        }
      }
      linearize(best);
      backward(best, 0);
    }
    return new Solution(best.states, best.actions, gains, best.cost, iterations, converged);
  }

  private void linearize(Flight about) {
    for (int t = 0; t < horizon; t++) {
      dynamics.linearize(t, about.states[t], about.actions[t], a[t], b[t]);
      for (int i = 0; i < a[t].length; i++) {
        a[t][i] *= 1 - pull;
      }
      for (int i = 0; i < b[t].length; i++) {
        b[t][i] *= 1 - pull;
      }
    }
  }

  /** From the end to the start: gains, feedforward and the expected decrease. */
  private void backward(Flight about, double charge) {
    BackwardPass pass = new BackwardPass(states, actions);
    pass.begin(cost, horizon, about.states[horizon]);
    double[][] computed = new double[horizon][actions * states];
    expected = 0;
    for (int t = horizon - 1; t >= 0; t--) {
      boolean finite =
          pass.back(
              cost,
              t,
              about.states[t],
              about.actions[t],
              a[t],
              b[t],
              charge,
              computed[t],
              feedforward[t]);
      if (!finite) {
        throw new PlanningException(
            "iLQR: the gain of step "
                + t
                + " of "
                + horizon
                + " is not finite: the system grows too fast for this horizon; shorten it");
      }
      expected += pass.decrease();
    }
    gains = computed;
  }

  private @Nullable Flight lineSearch(Flight from, double[] start) {
    double share = 1;
    for (int i = 0; i <= MOST_HALVINGS; i++) {
      Flight flight = fly(from, start, share);
      // Along the step the model's cost falls by (2 share - share^2) of the whole.
      if (from.cost - flight.cost >= LEAST_SHARE * (2 - share) * share * expected
          && flight.cost < from.cost) {
        return flight;
      }
      share /= 2;
    }
    return null;
  }

  /** Flies the feedback about {@code from}, its actions changed by a share of the step. */
  private Flight fly(Flight from, double[] start, double share) {
    double[][] x = new double[horizon + 1][states];
    double[][] u = new double[horizon][actions];
    System.arraycopy(start, 0, x[0], 0, states);
    for (int t = 0; t < horizon; t++) {
      for (int i = 0; i < actions; i++) {
        double action = from.actions[t][i] - share * feedforward[t][i];
        for (int j = 0; j < states; j++) {
          action -= gains[t][i * states + j] * (x[t][j] - from.states[t][j]);
        }
        u[t][i] = action;
      }
      dynamics.step(t, x[t], u[t], x[t + 1]);
      for (int i = 0; i < states; i++) {
        x[t + 1][i] = pull * cost.targetStates()[t + 1][i] + (1 - pull) * x[t + 1][i];
      }
    }
    return new Flight(x, u, cost.of(x, u));
  }
}
