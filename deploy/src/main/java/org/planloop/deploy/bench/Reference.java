package org.planloop.deploy.bench;

/**
 * What a figure is held against, in its unit.
 *
 * @param what the limit or the peer
 * @param value its value, measured in the same run
 */
public record Reference(String what, double value) {}
