package org.planloop.policy;

import java.util.function.Supplier;

/**
 * What a lazy planner starts from (Vemula et al. 2023): it improves the last policy along the
 * expert's states, instead of solving for the best.
 *
 * @param last pi_i
 * @param expertStates the states that the expert visited, shape [N, S]; asked for only by a planner
 *     that looks at them
 */
public record Improvement(PolicyDefinition last, Supplier<float[]> expertStates) {}
