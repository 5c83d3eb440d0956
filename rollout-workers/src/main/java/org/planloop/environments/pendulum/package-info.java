/**
 * The torque-limited pendulum of Gymnasium. Pure: no actor, no clock, no file. May import data and
 * environment of actor-core.
 */
@NullMarked
package org.planloop.environments.pendulum;

import org.jspecify.annotations.NullMarked;
