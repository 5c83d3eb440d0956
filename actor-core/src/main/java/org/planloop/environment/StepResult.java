package org.planloop.environment;

import org.jspecify.annotations.Nullable;

/** Where {@link VectorEnvironment#step} writes its results; reused from step to step. */
public final class StepResult {
  /** s' of the step, shape [n, S]. */
  public final double[] nextStates;

  /** Shape [n]. */
  public final double[] rewards;

  /** Shape [n]: s' ends the episode for good. */
  public final boolean[] terminated;

  /** Shape [n]: the episode reached its step limit without being terminated. */
  public final boolean[] truncated;

  /** Shape [n]: why the slot failed, null where it did not. A failed step is no transition. */
  public final @Nullable String[] failures;

  public StepResult(int count, int stateSize) {
    nextStates = new double[count * stateSize];
    rewards = new double[count];
    terminated = new boolean[count];
    truncated = new boolean[count];
    failures = new @Nullable String[count];
  }
}
