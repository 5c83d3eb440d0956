package org.planloop.policy;

/**
 * A policy of the sequence pi_1, pi_2, ... as data.
 *
 * @param version i of pi_i, from 1; 0 for policies that are no part of the sequence (expert, random
 *     steps)
 * @param definition what it does
 */
public record PolicySnapshot(int version, PolicyDefinition definition) {}
