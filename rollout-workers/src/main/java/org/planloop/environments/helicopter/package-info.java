/**
 * Helicopters in hover: the aerobatic one of Abbeel and the one of the RL Competition 2008. Pure:
 * no actor, no clock, no file. May import data, environment and dynamics of actor-core.
 */
@NullMarked
package org.planloop.environments.helicopter;

import org.jspecify.annotations.NullMarked;
