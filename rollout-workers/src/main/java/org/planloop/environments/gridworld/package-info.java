/**
 * Small worlds drawn as grids, on which the completion of what nobody tried decides. Pure: no
 * actor, no clock, no file. May import data, environment and dynamics of actor-core.
 */
@NullMarked
package org.planloop.environments.gridworld;

import org.jspecify.annotations.NullMarked;
