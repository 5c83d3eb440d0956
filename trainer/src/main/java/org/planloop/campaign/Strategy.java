package org.planloop.campaign;

/** Which data the model is fitted to: the comparison that the whole design rests on. */
public enum Strategy {
  /** Batch system identification: the expert's rows alone. */
  EXPERT_ONLY,
  /** DAgger on the learner alone: its own rows alone. */
  LEARNER_ONLY,
  /** Ross and Bagnell (2012): half of each, or any other fixed fraction. */
  MIXED;

  /**
   * The weight of the expert's side in a fit.
   *
   * @param mixedFraction {@code expert-fraction}, used by MIXED
   */
  public double expertFraction(double mixedFraction) {
    return switch (this) {
      case EXPERT_ONLY -> 1;
      case LEARNER_ONLY -> 0;
      case MIXED -> mixedFraction;
    };
  }
}
