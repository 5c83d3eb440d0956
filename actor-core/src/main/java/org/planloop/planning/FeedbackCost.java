package org.planloop.planning;

import org.planloop.environment.QuadraticCost;

/**
 * The cost to go of a linear feedback, summed by doubling (Smith 1968): with M the closed loop, the
 * sum over 2n steps is P + (M^n)' P M^n.
 *
 * @param costToGo P, shape [S, S], symmetric
 * @param rounds doublings taken
 * @param bounded whether the last doubling added no more than twice of what there was: a loop that
 *     is stable adds less and less, one that keeps something for ever (a constant in the state)
 *     adds once more the same, one that grows adds the square of it
 */
record FeedbackCost(double[] costToGo, int rounds, boolean bounded) {
  /** Doublings at most: 512 steps, where the iteration of the Riccati map stops at 500. */
  static final int MAX_ROUNDS = 9;

  /** Relative change in a doubling at which the sum has settled. */
  private static final double SETTLED = 1e-15;

  /** What a doubling may add, relative to what there was. */
  private static final double BOUNDED = 2;

  /**
   * @param a state matrix, shape [S, S], discount included
   * @param b action matrix, shape [S, A], discount included
   * @param gain K of a = -K s, shape [A, S]
   */
  static FeedbackCost of(
      int states, int actions, double[] a, double[] b, QuadraticCost cost, double[] gain) {
    double[] loop = a.clone();
    double[] sum = Lqr.diagonal(cost.stateWeights());
    for (int i = 0; i < states; i++) {
      for (int j = 0; j < states; j++) {
        for (int k = 0; k < actions; k++) {
          loop[i * states + j] -= b[i * actions + k] * gain[k * states + j];
          sum[i * states + j] +=
              gain[k * states + i] * cost.actionWeights()[k] * gain[k * states + j];
        }
      }
    }
    double before = largest(sum);
    for (int round = 1; ; round++) {
      double[] more = transformed(states, loop, sum);
      double added = largest(more);
      for (int i = 0; i < sum.length; i++) {
        more[i] += sum[i];
      }
      double after = largest(more);
      if (!Double.isFinite(after * after)) {
        return new FeedbackCost(sum, round, false);
      }
      sum = more;
      if (round == MAX_ROUNDS || added <= SETTLED * after) {
        return new FeedbackCost(sum, round, added <= BOUNDED * before);
      }
      before = after;
      loop = product(states, loop, loop);
    }
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** M' P M, symmetric to the bit. */
  private static double[] transformed(int n, double[] m, double[] p) {
    double[] pm = product(n, p, m);
    double[] result = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = i; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
          sum += m[k * n + i] * pm[k * n + j];
        }
        result[i * n + j] = sum;
        result[j * n + i] = sum;
      }
    }
    return result;
  }

  private static double[] product(int n, double[] left, double[] right) {
    double[] result = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double factor = left[i * n + k];
        for (int j = 0; j < n; j++) {
          result[i * n + j] += factor * right[k * n + j];
        }
      }
    }
    return result;
  }
}
