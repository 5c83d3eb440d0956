package org.planloop.planning;

/**
 * The backward recursion of {@link Ilqr}: from the cost to go about the state after, d'Pd + 2 p'd,
 * to feedback, feedforward and cost to go of this step. Nothing is allocated by a step.
 */
final class BackwardPass {
  private final int states;
  private final int actions;
  private final double[] gradient;
  private final double[] actionGradient;
  private final double[] pulledBack;
  private final RiccatiMap map;
  private double decrease;

  BackwardPass(int states, int actions) {
    this.states = states;
    this.actions = actions;
    gradient = new double[states];
    actionGradient = new double[actions];
    pulledBack = new double[states + actions];
    map = new RiccatiMap(states, actions);
  }

  /** The cost to go of the last state. */
  void begin(TrajectoryCost cost, int last, double[] state) {
    map.setStateWeights(cost.stateWeights()[last]);
    map.startFromWeights();
    for (int i = 0; i < states; i++) {
      gradient[i] = cost.stateWeights()[last][i] * (state[i] - cost.targetStates()[last][i]);
    }
  }

  /**
   * One step back.
   *
   * @param t the step, about whose state and action the Jacobians hold
   * @param charge on a squared change of an action, in units of its weight
   * @param gain result: K, shape [A, S]
   * @param feedforward result: what the whole step takes off each action, shape [A]
   * @return whether the gain is finite
   */
  boolean back(
      TrajectoryCost cost,
      int t,
      double[] state,
      double[] action,
      double[] stateJacobian,
      double[] actionJacobian,
      double charge,
      double[] gain,
      double[] feedforward) {
    map.setSystem(1, stateJacobian, 0, actionJacobian, 0);
    map.setStateWeights(cost.stateWeights()[t]);
    map.setActionWeights(cost.actionWeights()[t], charge);
    map.pullBack(gradient, pulledBack);
    for (int i = 0; i < actions; i++) {
      double weight = cost.actionWeights()[t][i];
      actionGradient[i] =
          weight * (action[i] - cost.targetActions()[t][i]) + pulledBack[states + i];
    }
    if (!map.updateGain(actionGradient, feedforward)) {
      return false;
    }
    map.gain(gain, 0);
    decrease = 0;
    for (int i = 0; i < actions; i++) {
      decrease += actionGradient[i] * feedforward[i];
    }
    for (int i = 0; i < states; i++) {
      double weight = cost.stateWeights()[t][i];
      gradient[i] = weight * (state[i] - cost.targetStates()[t][i]) + pulledBack[i];
    }
    for (int j = 0; j < actions; j++) {
      for (int i = 0; i < states; i++) {
        gradient[i] -= gain[j * states + i] * actionGradient[j];
      }
    }
    map.updateCostToGo();
    return true;
  }

  /** By how much the last step's feedforward lowers the cost if the Jacobians hold exactly. */
  double decrease() {
    return decrease;
  }
}
