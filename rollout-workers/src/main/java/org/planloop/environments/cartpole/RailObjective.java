package org.planloop.environments.cartpole;

import org.planloop.environment.Objective;

/**
 * The swing-up on a rail whose end must not be hit: the reward of {@link SwingUpObjective} until
 * the cart is further than {@code end} from the middle, which is a crash. Each step that it cuts
 * off costs as much as a step in balance earns.
 *
 * @param end metres from the middle
 */
record RailObjective(double end) implements Objective {
  private static final SwingUpObjective SWING_UP = new SwingUpObjective();

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return SWING_UP.reward(state, action, next);
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return Math.abs(next[0]) > end;
  }

  @Override
  public double terminalReward(int remainingSteps) {
    return -remainingSteps;
  }

  @Override
  public boolean terminationIsCrash() {
    return true;
  }
}
