package org.planloop.protocol;

/** A job handed to the worker that pulled. */
public record Assignment(RolloutJob job) implements WireMessage {}
