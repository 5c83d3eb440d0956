/**
 * Configuration: HOCON to one validated {@link org.planloop.deploy.config.Experiment} and back.
 * Reads files and class path resources. May import the settings records of every module; neither
 * Pekko nor torch.
 */
@NullMarked
package org.planloop.deploy.config;

import org.jspecify.annotations.NullMarked;
