package org.planloop.dynamics;

import org.jspecify.annotations.Nullable;

/**
 * What a model predicts for a {@link RolloutRequest}.
 *
 * @param states the states after each step, shape [G, P, K, H, S]; may hold NaN where the model
 *     diverges
 * @param rewards shape [G, P, K, H] where the model has learned the reward; null where the
 *     objective is known
 * @param terminations shape [G, P, K, H], probability that the step ends the episode, where
 *     learned; null where known
 */
public record Rollouts(
    float[] states, float @Nullable [] rewards, float @Nullable [] terminations) {}
