package org.planloop.deploy.report;

import java.util.Optional;

/**
 * Which Planloop made a run.
 *
 * @param version of the project
 * @param git the commit that it was built from, where it is known
 */
public record Build(String version, Optional<String> git) {}
