package org.planloop.planning;

import org.jspecify.annotations.Nullable;

/**
 * What an episode's planner remembers from step to step: it belongs to the episode, not to the
 * planner.
 */
public final class PlanMemory {
  /**
   * The last distribution's mean, already shifted by one step, shape [H, A]; null before the first
   * plan.
   */
  public float @Nullable [] mean;

  /** Kept elites, already shifted by one step, shape [n, H, A]; null where none are kept. */
  public float @Nullable [] elites;
}
