package org.planloop.dynamics;

/**
 * How the particles of a rollout go through the members of an ensemble (Chua et al. 2018, section
 * 5).
 */
public enum Propagation {
  /** One particle follows the mean over the members. */
  EXPECTATION,
  /** Every particle draws a member anew at every step. */
  TS1,
  /** Every particle keeps one member for the whole rollout. */
  TS_INFINITY
}
