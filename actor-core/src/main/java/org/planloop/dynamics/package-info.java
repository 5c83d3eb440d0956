/**
 * Models of a system: what they are made of, and how they predict. Pure: no actor, no clock, no
 * file. May import data, torch and environment.
 */
@NullMarked
package org.planloop.dynamics;

import org.jspecify.annotations.NullMarked;
