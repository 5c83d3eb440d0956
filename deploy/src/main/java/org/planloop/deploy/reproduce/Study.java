package org.planloop.deploy.reproduce;

/**
 * One of the experiments behind the design. A study run twice with the same setting gives the same
 * tables, whatever the number of jobs.
 *
 * <p>Its chapter of the story, the question for a reader who has never heard of it, is the resource
 * {@code NAME.md} of this package: markdown without a heading.
 */
public interface Study {
  /** What it is called on the command line; letters and hyphens. */
  String name();

  /** What it shows, in one line. */
  String title();

  /**
   * Runs it.
   *
   * @throws StoppedException if the setting asks to stop
   */
  Findings run(StudySetting setting);
}
