package org.planloop.planning;

import java.util.Arrays;

/**
 * The backward recursion of {@link Ilqr}: from the cost to go about the state after, d'Pd + 2 p'd,
 * to feedback, feedforward and cost to go of this step.
 */
final class BackwardPass {
  private final int states;
  private final int actions;
  private final double[] a;
  private final double[] b;
  private final double[] q;
  private final double[] r;
  private final double[] gradient;
  private final double[] actionGradient;
  private final double[] feedforward;
  private final RiccatiMap map;
  private double decrease;

  BackwardPass(int states, int actions) {
    this.states = states;
    this.actions = actions;
    a = new double[states * states];
    b = new double[states * actions];
    q = new double[states * states];
    r = new double[actions * actions];
    gradient = new double[states];
    actionGradient = new double[actions];
    feedforward = new double[actions];
    map = new RiccatiMap(states, actions, a, b, q, r);
  }

  /** The cost to go of the last state. */
  void begin(TrajectoryCost cost, int last, double[] state) {
    diagonal(q, cost.stateWeights()[last], 0);
    System.arraycopy(q, 0, map.costToGo, 0, q.length);
    for (int i = 0; i < states; i++) {
      gradient[i] = cost.stateWeights()[last][i] * (state[i] - cost.targetStates()[last][i]);
    }
  }

  /**
   * One step back.
   *
   * @param t the step, about whose state and action the Jacobians hold
   * @param charge on a squared change of an action, in units of its weight
   * @return whether the gain is finite
   */
  boolean back(
      TrajectoryCost cost,
      int t,
      double[] state,
      double[] action,
      double[] stateJacobian,
      double[] actionJacobian,
      double charge) {
    System.arraycopy(stateJacobian, 0, a, 0, a.length);
    System.arraycopy(actionJacobian, 0, b, 0, b.length);
    diagonal(q, cost.stateWeights()[t], 0);
    diagonal(r, cost.actionWeights()[t], charge);
    for (int i = 0; i < actions; i++) {
      actionGradient[i] = cost.actionWeights()[t][i] * (action[i] - cost.targetActions()[t][i]);
      for (int j = 0; j < states; j++) {
        actionGradient[i] += b[j * actions + i] * gradient[j];
      }
    }
    if (!map.updateGain()) {
      return false;
    }
    map.solveForActions(actionGradient, feedforward);
    decrease = 0;
    for (int i = 0; i < actions; i++) {
      decrease += actionGradient[i] * feedforward[i];
    }
    double[] before = gradient.clone();
    for (int i = 0; i < states; i++) {
      gradient[i] = cost.stateWeights()[t][i] * (state[i] - cost.targetStates()[t][i]);
      for (int j = 0; j < states; j++) {
        gradient[i] += a[j * states + i] * before[j];
      }
      for (int j = 0; j < actions; j++) {
        gradient[i] -= map.gain[j * states + i] * actionGradient[j];
      }
    }
    map.updateCostToGo();
    return true;
  }

  /** K of the last step, shape [A, S]; a copy. */
  double[] gain() {
    return map.gain.clone();
  }

  /** What the whole step takes off each action; a live view. */
  double[] feedforward() {
    return feedforward;
  }

  /** By how much the last step's feedforward lowers the cost if the Jacobians hold exactly. */
  double decrease() {
    return decrease;
  }

  private static void diagonal(double[] matrix, double[] weights, double charge) {
    Arrays.fill(matrix, 0);
    for (int i = 0; i < weights.length; i++) {
      matrix[i * weights.length + i] = weights[i] * (1 + charge);
    }
  }
}
