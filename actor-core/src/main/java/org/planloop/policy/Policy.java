package org.planloop.policy;

import org.planloop.data.RandomStream;

/** A policy that acts. Not safe for use by several threads. */
public interface Policy extends AutoCloseable {
  /**
   * Begins G episodes that are acted in together.
   *
   * @param random shape [G]: each episode's own stream for the policy's randomness; given away
   */
  Session begin(RandomStream[] random);

  /** Frees native memory; the policy is unusable afterwards. */
  @Override
  default void close() {}

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
  }
}
