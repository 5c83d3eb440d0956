package org.planloop.dynamics;

import org.planloop.data.ArrayLength;
import org.planloop.data.RandomStream;

/**
 * A whole rollout of many candidate plans: the primitive of every model.
 *
 * @param problems G, number of start states
 * @param plans P, candidates a problem
 * @param horizon H, steps a candidate
 * @param particles K, rollouts of one candidate; 1 for a deterministic model
 * @param starts shape [G, S]
 * @param actions shape [G, P, H, A], inside the action space
 * @param propagation how particles go through the members; of no effect in a model without members
 * @param sampledNoise whether a model that predicts a variance also draws from it
 * @param random shape [G]: a problem's noise and member choice come from its own stream, so a
 *     problem's rollout does not depend on its neighbours'
 */
public record RolloutRequest(
    int problems,
    int plans,
    int horizon,
    int particles,
    float[] starts,
    float[] actions,
    Propagation propagation,
    boolean sampledNoise,
    RandomStream[] random) {

  /**
   * @throws org.planloop.data.InvalidInputException if the predicted states would not fit into an
   *     array
   */
  public RolloutRequest {
    ArrayLength.of(
        "problems x plans x particles x horizon x state values of a rollout",
        problems,
        plans,
        particles,
        horizon,
        starts.length / Math.max(1, problems));
  }
}
