package org.planloop.planning;

import java.util.Arrays;

/**
 * One step of the Riccati recursion, backwards in time: from the cost to go P of the step after to
 * the gain and the cost to go of this one. Row-major matrices in flat arrays; inner loops run along
 * rows, which the compiler turns into vector instructions.
 */
final class RiccatiMap {
  private final int states;
  private final int actions;
  private final double[] a;
  private final double[] b;
  private final double[] q;
  private final double[] r;
  private final double[] pa;
  private final double[] pb;
  private final double[] system;
  private final double[] closedLoop;
  private final double[] next;

  /** K of the last step, shape [A, S]. */
  final double[] gain;

  /** P of the last step, shape [S, S], symmetric; Q before the first. */
  final double[] costToGo;

  /**
   * @param a state matrix, shape [S, S]
   * @param b action matrix, shape [S, A]
   * @param q state weights, shape [S, S], symmetric
   * @param r action weights, shape [A, A], symmetric
   */
  RiccatiMap(int states, int actions, double[] a, double[] b, double[] q, double[] r) {
    this.states = states;
    this.actions = actions;
    this.a = a;
    this.b = b;
    this.q = q;
    this.r = r;
    pa = new double[states * states];
    pb = new double[states * actions];
    system = new double[actions * actions];
    closedLoop = new double[states * states];
    next = new double[states * states];
    gain = new double[actions * states];
    costToGo = q.clone();
  }

  /** Starts from another cost to go, shape [S, S], symmetric. */
  void setCostToGo(double[] other) {
    System.arraycopy(other, 0, costToGo, 0, costToGo.length);
  }

  /**
   * Computes the gain from the cost to go: (R + B'PB) K = B'PA.
   *
   * @return whether all of it is finite
   */
  boolean updateGain() {
    Arrays.fill(pa, 0);
    Arrays.fill(pb, 0);
    for (int i = 0; i < states; i++) {
      for (int k = 0; k < states; k++) {
        double p = costToGo[i * states + k];
        axpy(p, a, k * states, pa, i * states, states);
        axpy(p, b, k * actions, pb, i * actions, actions);
      }
    }
    System.arraycopy(r, 0, system, 0, r.length);
    Arrays.fill(gain, 0);
    for (int k = 0; k < states; k++) {
      for (int i = 0; i < actions; i++) {
        axpy(b[k * actions + i], pb, k * actions, system, i * actions, actions);
        axpy(b[k * actions + i], pa, k * states, gain, i * states, states);
      }
    }
    solve(gain, states);
    double finite = 0;
    for (double value : gain) {
      finite += value * 0;
    }
    return finite == 0;
  }

  /**
   * Solves (R + B'PB) x = {@code right} with the P that the last gain was computed from.
   *
   * @param right shape [A]
   * @param result shape [A]
   */
  void solveForActions(double[] right, double[] result) {
    System.arraycopy(r, 0, system, 0, r.length);
    for (int k = 0; k < states; k++) {
      for (int i = 0; i < actions; i++) {
        axpy(b[k * actions + i], pb, k * actions, system, i * actions, actions);
      }
    }
    System.arraycopy(right, 0, result, 0, actions);
    solve(result, 1);
  }

  /**
   * Replaces the cost to go P by Q + A'P(A - BK), of which only the upper half is computed.
   *
   * @return the largest change of an entry, relative to the largest entry; NaN if some is not
   *     finite
   */
  double updateCostToGo() {
    System.arraycopy(a, 0, closedLoop, 0, a.length);
    for (int i = 0; i < states; i++) {
      for (int k = 0; k < actions; k++) {
        axpy(-b[i * actions + k], gain, k * states, closedLoop, i * states, states);
      }
    }
    System.arraycopy(q, 0, next, 0, q.length);
    for (int k = 0; k < states; k++) {
      for (int i = 0; i < states; i++) {
        int row = i * states;
        axpy(pa[k * states + i], closedLoop, k * states + i, next, row + i, states - i);
      }
    }
    double change = 0;
    double largest = 0;
    for (int i = 0; i < states; i++) {
      for (int j = i; j < states; j++) {
        double value = next[i * states + j];
        change = Math.max(change, Math.abs(value - costToGo[i * states + j]));
        largest = Math.max(largest, Math.abs(value));
        costToGo[i * states + j] = value;
        costToGo[j * states + i] = value;
      }
    }
    return largest == 0 ? 0 : change / largest;
  }

  /** target += factor * source, along {@code count} entries. */
  private static void axpy(
      double factor, double[] source, int from, double[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] += factor * source[from + i];
    }
  }

  /** Solves {@code system} X = {@code right} in place, by elimination with row exchanges. */
  private void solve(double[] right, int width) {
    for (int column = 0; column < actions; column++) {
      int pivot = column;
      for (int row = column + 1; row < actions; row++) {
        if (Math.abs(system[row * actions + column]) > Math.abs(system[pivot * actions + column])) {
          pivot = row;
        }
      }
      if (pivot != column) {
        exchange(system, actions, pivot, column);
        exchange(right, width, pivot, column);
      }
      for (int row = column + 1; row < actions; row++) {
        double factor = -system[row * actions + column] / system[column * actions + column];
        axpy(factor, system, column * actions, system, row * actions, actions);
        axpy(factor, right, column * width, right, row * width, width);
      }
    }
    for (int row = actions - 1; row >= 0; row--) {
      for (int other = row + 1; other < actions; other++) {
        axpy(-system[row * actions + other], right, other * width, right, row * width, width);
      }
      for (int j = 0; j < width; j++) {
        right[row * width + j] /= system[row * actions + row];
      }
    }
  }

  private static void exchange(double[] matrix, int width, int row, int other) {
    for (int j = 0; j < width; j++) {
      double value = matrix[row * width + j];
      matrix[row * width + j] = matrix[other * width + j];
      matrix[other * width + j] = value;
    }
  }
}
