package org.planloop.environment;

/**
 * Reward and termination of a transition (s, a, s'): what the planner optimises and the environment
 * pays. Rewards are larger for better; a cost appears negative. Called for every planned
 * transition, so it must not allocate; it is stateless and may be called from several threads at
 * once.
 */
public interface Objective {
  /**
   * @param state s, shape [S]; never written to
   * @param action a, shape [A]; never written to
   * @param next s', shape [S]; never written to
   */
  double reward(double[] state, double[] action, double[] next);

  /** Whether s' ends the episode for good. */
  default boolean terminated(double[] state, double[] action, double[] next) {
    return false;
  }

  /**
   * What a termination pays on top of its step's reward, for example a crash that costs as much for
   * every step it cuts off.
   *
   * @param remainingSteps steps of the episode (or of the planning horizon) that are left after the
   *     terminal one
   */
  default double terminalReward(int remainingSteps) {
    return 0;
  }

  /**
   * Whether a termination is a crash, to be counted as such, rather than an end that was reached.
   */
  default boolean terminationIsCrash() {
    return false;
  }
}
