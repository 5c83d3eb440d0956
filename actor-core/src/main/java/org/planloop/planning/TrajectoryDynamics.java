package org.planloop.planning;

/**
 * x_t+1 = f_t(x_t, u_t), without noise: what a trajectory is optimised in. May hold scratch space;
 * not safe for use by several threads.
 */
public interface TrajectoryDynamics {
  /** Width S of a state. */
  int stateSize();

  /** Width A of an action. */
  int actionSize();

  /**
   * One step.
   *
   * @param t step of the trajectory, from 0
   * @param state shape [S]; never written to
   * @param action shape [A]; never written to
   * @param next result, shape [S]
   */
  void step(int t, double[] state, double[] action, double[] next);

  /**
   * The Jacobians of {@link #step}.
   *
   * @param a result, df/dx, shape [S, S]
   * @param b result, df/du, shape [S, A]
   */
  void linearize(int t, double[] state, double[] action, double[] a, double[] b);
}
