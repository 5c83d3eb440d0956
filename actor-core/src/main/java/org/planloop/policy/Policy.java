package org.planloop.policy;

import java.util.Optional;
import org.planloop.data.RandomStream;

/** A policy that acts. Not safe for use by several threads. */
public interface Policy extends AutoCloseable {
  /**
   * Begins G episodes that are acted in together.
   *
   * @param random shape [G]: each episode's own stream for the policy's randomness; given away
   */
  Session begin(RandomStream[] random);

  /**
   * Where this policy's episodes start and how long they are, where it does not take the
   * environment's: an exploration distribution over single transitions (nu_t of Ross and Bagnell
   * 2012) is a policy with starts of its own and one step.
   */
  default Optional<Starts> starts() {
    return Optional.empty();
  }

  /** Frees native memory; the policy is unusable afterwards. */
  @Override
  default void close() {}

  /** A distribution of start states; needs an environment that can be reset to a state. */
  interface Starts {
    /** Draws a start into {@code state}, shape [S]. */
    void sample(RandomStream random, double[] state);

    /** Steps of an episode that starts here; it counts as truncated after them. */
    int steps();
  }

  /** G episodes under way; remembers what the policy remembers (the last plan). */
  interface Session {
    /**
     * Acts in the active episodes.
     *
     * @param active shape [G]
     * @param states shape [G, S]
     * @param actions result, shape [G, A], inside the action space; inactive entries are left alone
     */
    void act(boolean[] active, double[] states, double[] actions);

    /**
     * Someone else acts in an episode at this step: a policy that counts steps counts it, one that
     * remembers a plan forgets it. By default nothing, which is right for a function of the state.
     *
     * @param slot index of the episode
     */
    default void skip(int slot) {}
  }
}
