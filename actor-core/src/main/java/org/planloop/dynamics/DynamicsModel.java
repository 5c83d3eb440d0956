package org.planloop.dynamics;

/**
 * A model that a sampling planner can plan in. Not safe for use by several threads; each caller
 * holds a model of its own.
 */
public interface DynamicsModel extends AutoCloseable {
  /** Width S of a state. */
  int stateSize();

  /** Width A of an action. */
  int actionSize();

  /** Rolls all candidates of all problems out. */
  Rollouts rollout(RolloutRequest request);

  /** Frees native memory; the model is unusable afterwards. */
  @Override
  void close();
}
