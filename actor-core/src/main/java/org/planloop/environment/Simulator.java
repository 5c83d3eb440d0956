package org.planloop.environment;

import org.planloop.data.RandomStream;

/**
 * The true dynamics of a system as a pure function on its full state vector, hidden parts included.
 * Everything that changes lies in the vector, so saving, restoring and planning in the truth come
 * for free. Stateless: one simulator serves any number of episodes and threads.
 */
public interface Simulator {
  /** Width of the full state, hidden parts included. */
  int size();

  /** Writes the start of an episode into {@code full}, shape [size]. */
  void start(double[] full, RandomStream random);

  /**
   * Advances {@code full} by one step in place, without allocation.
   *
   * @param full shape [size]
   * @param action shape [A], already inside the action space; never written to
   * @param random the episode's process noise; untouched by a deterministic system
   */
  void step(double[] full, double[] action, RandomStream random);

  /**
   * Writes what the learner sees of {@code full} into {@code state}, shape [S]. By default its
   * first S entries.
   */
  default void observe(double[] full, double[] state) {
    System.arraycopy(full, 0, state, 0, state.length);
  }

  /**
   * Writes a full state that is observed as {@code state} and fresh in its hidden parts into {@code
   * full}: what nu_t arms, planning in the truth and a generative model start from. By default a
   * copy, which holds where nothing is hidden.
   *
   * @throws UnsupportedOperationException if the hidden part cannot be guessed
   */
  default void embed(double[] state, double[] full) {
    if (state.length != size()) {
      throw new UnsupportedOperationException(
          getClass().getName() + " has hidden state and does not say how to embed an observation");
    }
    System.arraycopy(state, 0, full, 0, state.length);
  }

  /**
   * The system that a controller is designed for: the same observed states and actions, without
   * noise, delay and other disturbances. By default the system itself.
   */
  default Simulator nominal() {
    return this;
  }
}
