package org.planloop.diagnostics;

import org.planloop.planning.PlannerSettings;

/**
 * How much less than usual a planner trusts its model.
 *
 * @param horizonShare share of the planner's horizon that is used, in (0, 1]
 * @param disagreement what is added to {@code planner.disagreement}, 0 or more
 */
public record Caution(double horizonShare, double disagreement) {
  /** As configured. */
  public static final Caution NONE = new Caution(1, 0);

  public Caution {
    if (!(horizonShare > 0 && horizonShare <= 1 && disagreement >= 0)) {
      throw new IllegalArgumentException(
          "a share of (0, 1] and a penalty of 0 or more: " + horizonShare + ", " + disagreement);
    }
  }

  /** The planner with a shorter horizon, of at least one step, and a larger penalty. */
  public PlannerSettings apply(PlannerSettings planner) {
    if (equals(NONE)) {
      return planner;
    }
    int horizon = (int) Math.max(1, Math.rint(planner.horizon() * horizonShare));
    return planner.withHorizon(horizon).withDisagreement(planner.disagreement() + disagreement);
  }
}
