package org.planloop.planning;

import org.planloop.data.InvalidInputException;

/** Makes the sampling planners from their settings. */
public final class Planners {
  private Planners() {}

  /**
   * A planner that samples in a model.
   *
   * @throws InvalidInputException if the kind does not sample: LQR and value iteration solve a
   *     model once, see {@link Lqr} and {@link ValueIteration}
   */
  public static Planner create(PlannerSettings settings) {
    return switch (settings.kind()) {
      case RANDOM_SHOOTING -> new RandomShootingPlanner(settings);
      case CEM -> new CrossEntropyPlanner(settings, false);
      case ICEM -> new CrossEntropyPlanner(settings, true);
      case MPPI -> new PathIntegralPlanner(settings);
      case LQR, FINITE_LQR, ILQR, VALUE_ITERATION, LAZY_LQR, LAZY_VALUE_ITERATION ->
          throw InvalidInputException.setting(
              "planner.kind",
              settings.kind(),
              "solves a model once and does not plan step by step; choose RANDOM_SHOOTING, CEM,"
                  + " ICEM or MPPI");
    };
  }
}
