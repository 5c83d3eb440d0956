package org.planloop.deploy.reproduce;

/**
 * A picture.
 *
 * @param name of the file, without its ending
 * @param svg self-contained; may move, and makes sense where nothing moves
 */
public record Figure(String name, String svg) {}
