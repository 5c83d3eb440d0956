package org.planloop.deploy.reproduce;

/**
 * A published or reference number or relation beside what was found.
 *
 * @param statement what is claimed, with its number and its tolerance
 * @param found what this run shows
 * @param agrees whether it agrees
 */
public record Claim(String statement, String found, boolean agrees) {}
