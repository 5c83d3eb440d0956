/**
 * A car that is too weak for its hill. Pure: no actor, no clock, no file. May import data and
 * environment of actor-core.
 */
@NullMarked
package org.planloop.environments.mountaincar;

import org.jspecify.annotations.NullMarked;
