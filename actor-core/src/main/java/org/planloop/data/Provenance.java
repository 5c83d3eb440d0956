package org.planloop.data;

/**
 * Where a transition comes from. The two sides are kept apart everywhere: on disk, in the draw, in
 * the losses.
 */
public enum Provenance {
  /** From the expert, or any good exploration distribution (nu in Ross and Bagnell 2012). */
  EXPERT,
  /** From the learner's own rollouts (D_1 + D_2 + ... in Ross and Bagnell 2012). */
  LEARNER
}
