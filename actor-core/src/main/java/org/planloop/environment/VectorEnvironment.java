package org.planloop.environment;

import org.planloop.data.RandomStream;

/**
 * Copies of one environment that step together; each slot is in an episode of its own. Terminated
 * and truncated have Gymnasium's meaning. Not safe for use by several threads.
 */
public interface VectorEnvironment extends AutoCloseable {
  /** Number of slots n. */
  int count();

  /**
   * Starts an episode.
   *
   * @param random the start state and all noise of the episode come from it; the environment keeps
   *     a copy
   */
  void reset(int slot, RandomStream random);

  /**
   * Starts an episode in a given state.
   *
   * @param state shape [S]
   * @throws UnsupportedOperationException without {@link Capability#RESET_TO}
   */
  void resetTo(int slot, double[] state, RandomStream random);

  /** The observed states, shape [n, S]: a live view that the next call changes; read only. */
  double[] states();

  /**
   * Steps the active slots. A slot that throws or returns a number that is not finite is marked
   * failed in {@code result}; the others go on. Inactive slots are left alone.
   *
   * @param active shape [n]
   * @param actions shape [n, A]; clipped to the action space before use
   * @param result overwritten for the active slots
   */
  void step(boolean[] active, double[] actions, StepResult result);

  /**
   * The slot's whole state: hidden state, noise and step count included.
   *
   * @throws UnsupportedOperationException without {@link Capability#SAVE}
   */
  SavedState save(int slot);

  /**
   * Continues in {@code slot} from a saved state, which may come from another slot or another copy.
   */
  void restore(int slot, SavedState saved);

  @Override
  void close();

  /** What {@link #save} gives; opaque to everyone but the environment that made it. */
  interface SavedState {}
}
