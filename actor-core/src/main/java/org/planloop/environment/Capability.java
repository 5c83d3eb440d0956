package org.planloop.environment;

/** What an environment can do beyond reset and step. */
public enum Capability {
  /**
   * {@link VectorEnvironment#save} and {@link VectorEnvironment#restore}, hidden state and noise
   * included.
   */
  SAVE,
  /** {@link VectorEnvironment#resetTo}: start from any observed state. */
  RESET_TO,
  /** The same seed gives the same episode: a lost job may simply be run again. A robot cannot. */
  REPLAY
}
