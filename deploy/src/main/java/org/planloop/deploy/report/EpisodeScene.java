package org.planloop.deploy.report;

import org.planloop.environment.Environment;

/**
 * Draws what a system does as a moving picture; found by {@link java.util.ServiceLoader}, so an
 * environment of one's own can bring one. A system without a scene is shown by its state's lines.
 */
public interface EpisodeScene {
  /** Width of the drawing area; its origin is the upper left corner. */
  int WIDTH = 720;

  /** Height of the drawing area. */
  int HEIGHT = 300;

  /** Whether it knows how to draw this system. */
  boolean draws(Environment environment);

  /**
   * SVG elements inside {@value #WIDTH} x {@value #HEIGHT}, animated without script.
   *
   * @param seconds the time that the whole episode takes; everything moves in this rhythm
   */
  String elements(EpisodeTrace trace, double seconds);
}
