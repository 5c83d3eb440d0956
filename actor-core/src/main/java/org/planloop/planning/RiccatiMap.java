package org.planloop.planning;

import java.util.Arrays;
import org.planloop.data.RankThree;

/**
 * One step of the Riccati recursion, backwards in time: from the cost to go P of the step after to
 * the gain and the cost to go of this one. A matrix is an array of rows, A and B are one matrix,
 * and products go through {@link RankThree}, to whose groups all matrices are filled up with zeros.
 * Nothing is allocated by a step.
 */
final class RiccatiMap {
  private final int states;
  private final int actions;

  /** (A, B), shape [S, S + A], both filled up. */
  private final double[][] system;

  private final double[][] stateWeights;
  private final double[][] actionWeights;

  /** P (A, B). */
  private final double[][] propagated;

  /** (B'PA, R + B'PB, a right side); K and a solution once the middle part is eliminated. */
  private final double[][] equations;

  /** -B'PA, which the elimination takes from the equations. */
  private final double[][] pulledBack;

  /** Takes the place of a line where their number is odd. */
  private final double[] spare;

  private final double[] filledVector;

  /** P, shape [S, S], filled up. */
  private double[][] costToGo;

  private double[][] costToGoBefore;

  /** A system, weights and a cost to go of zeros. */
  RiccatiMap(int states, int actions) {
    this.states = states;
    this.actions = actions;
    int rows = filled(states, RankThree.ROWS);
    int commands = filled(actions, RankThree.ROWS * RankThree.LINES);
    system = new double[rows][states + commands];
    stateWeights = new double[states][states];
    actionWeights = new double[actions][actions];
    propagated = new double[rows][states + actions];
    equations = new double[commands][states + actions + 1];
    pulledBack = new double[commands][states];
    spare = new double[states + actions];
    filledVector = new double[rows];
    costToGo = new double[states][rows];
    costToGoBefore = new double[states][rows];
  }

  private static int filled(int count, int group) {
    return (count + group - 1) / group * group;
  }

  /**
   * Sets the matrices, each multiplied by {@code scale}.
   *
   * @param a holds A from an index on, shape [S, S]
   * @param b holds B from an index on, shape [S, A]
   */
  void setSystem(double scale, double[] a, int aFrom, double[] b, int bFrom) {
    for (int i = 0; i < states; i++) {
      double[] row = system[i];
      for (int j = 0; j < states; j++) {
        row[j] = scale * a[aFrom + i * states + j];
      }
      for (int j = 0; j < actions; j++) {
        row[states + j] = scale * b[bFrom + i * actions + j];
      }
    }
  }

  /**
   * Sets the weights.
   *
   * @param q shape [S, S], symmetric
   * @param r shape [A, A], symmetric
   */
  void setWeights(double[] q, double[] r) {
    copy(q, states, stateWeights);
    copy(r, actions, actionWeights);
  }

  /** Sets the diagonal of state weights that are zero beside it, shape [S]. */
  void setStateWeights(double[] diagonal) {
    for (int i = 0; i < states; i++) {
      stateWeights[i][i] = diagonal[i];
    }
  }

  /**
   * Sets the diagonal of action weights that are zero beside it.
   *
   * @param diagonal shape [A]
   * @param charge share that is added
   */
  void setActionWeights(double[] diagonal, double charge) {
    for (int i = 0; i < actions; i++) {
      actionWeights[i][i] = diagonal[i] * (1 + charge);
    }
  }

  /** Starts from the cost Q of a last state. */
  void startFromWeights() {
    for (int i = 0; i < states; i++) {
      System.arraycopy(stateWeights[i], 0, costToGo[i], 0, states);
    }
  }

  /** Starts from another cost to go, shape [S, S], symmetric. */
  void setCostToGo(double[] other) {
    copy(other, states, costToGo);
  }

  private static void copy(double[] source, int width, double[][] target) {
    for (int i = 0; i < width; i++) {
      System.arraycopy(source, i * width, target[i], 0, width);
    }
  }

  /**
   * Computes the gain from the cost to go: (R + B'PB) K = B'PA.
   *
   * @return whether all of it is finite
   */
  boolean updateGain() {
    propagate();
    eliminate();
    return gainIsFinite();
  }

  /**
   * Computes the gain, and solves (R + B'PB) x = {@code right} along with it.
   *
   * @param right shape [A]
   * @param result x, shape [A]
   * @return whether all of the gain is finite
   */
  boolean updateGain(double[] right, double[] result) {
    propagate();
    for (int i = 0; i < actions; i++) {
      equations[i][states + actions] = right[i];
    }
    eliminate();
    for (int i = 0; i < actions; i++) {
      result[i] = equations[i][states + actions];
    }
    return gainIsFinite();
  }

  /** P (A, B), and from it B'P (A, B) with R. */
  private void propagate() {
    int width = states + actions;
    for (int i = 0; i < states; i += RankThree.LINES) {
      double[] below = line(propagated, i + 1);
      Arrays.fill(propagated[i], 0);
      Arrays.fill(below, 0);
      double[] right = costToGo[Math.min(i + 1, states - 1)];
      addProduct(1, costToGo[i], right, 0, system, propagated[i], below, width);
    }
    for (int i = 0; i < actions; i++) {
      Arrays.fill(equations[i], 0);
      System.arraycopy(actionWeights[i], 0, equations[i], states, actions);
    }
    for (int i = 0; i < actions; i += RankThree.LINES) {
      addTransposed(system, states + i, propagated, equations[i], equations[i + 1], 0, width);
    }
  }

  private double[] line(double[][] matrix, int index) {
    return index < states ? matrix[index] : spare;
  }

  /**
   * Adds {@code factor} times {@code left}, from an index on, times {@code rows} to a line;
   * likewise for another line.
   */
  private static void addProduct(
      double factor,
      double[] left,
      double[] leftBelow,
      int at,
      double[][] rows,
      double[] line,
      double[] below,
      int to) {
    for (int k = 0; k < rows.length; k += RankThree.ROWS) {
      RankThree.update(
          line,
          factor * left[at + k],
          factor * left[at + k + 1],
          factor * left[at + k + 2],
          below,
          factor * leftBelow[at + k],
          factor * leftBelow[at + k + 1],
          factor * leftBelow[at + k + 2],
          rows[k],
          rows[k + 1],
          rows[k + 2],
          0,
          to);
    }
  }

  /** Adds a column of {@code left} times {@code rows}; likewise for the column beside it. */
  private static void addTransposed(
      double[][] left,
      int column,
      double[][] rows,
      double[] line,
      double[] below,
      int from,
      int to) {
    for (int k = 0; k < rows.length; k += RankThree.ROWS) {
      double[] l0 = left[k];
      double[] l1 = left[k + 1];
      double[] l2 = left[k + 2];
      RankThree.update(
          line,
          l0[column],
          l1[column],
          l2[column],
          below,
          l0[column + 1],
          l1[column + 1],
          l2[column + 1],
          rows[k],
          rows[k + 1],
          rows[k + 2],
          from,
          to);
    }
  }

  /**
   * Computes A'v and B'v.
   *
   * @param vector v, shape [S]
   * @param result shape [S + A]
   */
  void pullBack(double[] vector, double[] result) {
    System.arraycopy(vector, 0, filledVector, 0, states);
    Arrays.fill(result, 0);
    addProduct(1, filledVector, filledVector, 0, system, result, spare, states + actions);
  }

  /** Solves the equations in place, by elimination with row exchanges. */
  private void eliminate() {
    for (int i = 0; i < actions; i++) {
      for (int j = 0; j < states; j++) {
        pulledBack[i][j] = -equations[i][j];
      }
    }
    for (int column = 0; column < actions; column++) {
      int at = states + column;
      int pivot = column;
      for (int row = column + 1; row < actions; row++) {
        if (Math.abs(equations[row][at]) > Math.abs(equations[pivot][at])) {
          pivot = row;
        }
      }
      double[] upper = equations[pivot];
      equations[pivot] = equations[column];
      equations[column] = upper;
      for (int row = column + 1; row < actions; row++) {
        axpy(-equations[row][at] / upper[at], upper, equations[row]);
      }
    }
    for (int row = actions - 1; row >= 0; row--) {
      double[] solved = equations[row];
      for (int other = row + 1; other < actions; other++) {
        axpy(-solved[states + other], equations[other], solved);
      }
      scale(1 / solved[states + row], solved);
    }
  }

  /** target += factor * source. */
  private static void axpy(double factor, double[] source, double[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] = Math.fma(factor, source[i], target[i]);
    }
  }

  private static void scale(double factor, double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private boolean gainIsFinite() {
    for (int i = 0; i < actions; i++) {
      for (int j = 0; j < states; j++) {
        if (!Double.isFinite(equations[i][j])) {
          return false;
        }
      }
    }
    return true;
  }

  /** Replaces the cost to go P by Q + A'PA - K'B'PA, of which only the upper half is computed. */
  void updateCostToGo() {
    double[][] next = costToGoBefore;
    costToGoBefore = costToGo;
    costToGo = next;
    for (int i = 0; i < states; i++) {
      System.arraycopy(stateWeights[i], 0, next[i], 0, states);
    }
    for (int i = 0; i < states; i += RankThree.LINES) {
      addTransposed(system, i, propagated, next[i], line(next, i + 1), i, states);
    }
    for (int i = 0; i < states; i += RankThree.LINES) {
      addTransposed(equations, i, pulledBack, next[i], line(next, i + 1), i, states);
    }
    for (int i = 1; i < states; i++) {
      for (int j = 0; j < i; j++) {
        next[i][j] = next[j][i];
      }
    }
  }

  /**
   * The largest change of an entry of P by the last step, relative to the largest entry; NaN if
   * some is not finite.
   */
  double change() {
    double change = 0;
    double largest = 0;
    for (int i = 0; i < states; i++) {
      for (int j = i; j < states; j++) {
        double value = costToGo[i][j];
        change = Math.max(change, Math.abs(value - costToGoBefore[i][j]));
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest == 0 ? 0 : change / largest;
  }

  /** Copies K to an index on, shape [A, S]. */
  void gain(double[] target, int at) {
    for (int i = 0; i < actions; i++) {
      System.arraycopy(equations[i], 0, target, at + i * states, states);
    }
  }

  /** K, shape [A, S]. */
  double[] gain() {
    double[] gain = new double[actions * states];
    gain(gain, 0);
    return gain;
  }

  /** Copies P, shape [S, S], symmetric. */
  void costToGo(double[] target) {
    for (int i = 0; i < states; i++) {
      System.arraycopy(costToGo[i], 0, target, i * states, states);
    }
  }
}
