package org.planloop.protocol;

/** Who takes over when a candidate leaves its envelope. */
public enum Rescuer {
  /** The demonstrator, without its control noise. */
  EXPERT,
  /**
   * The newest policy before the candidate that flew an iteration without a crash and without being
   * rescued; the demonstrator until there is one.
   */
  LAST_ACCEPTED
}
