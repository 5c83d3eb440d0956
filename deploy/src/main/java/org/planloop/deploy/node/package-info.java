/**
 * Nodes: the actors of one process wired from an {@link org.planloop.deploy.config.Experiment}, and
 * what the command line sees of them. May import every module; {@code deploy.cli} knows only the
 * interfaces here until a command runs.
 */
@NullMarked
package org.planloop.deploy.node;

import org.jspecify.annotations.NullMarked;
