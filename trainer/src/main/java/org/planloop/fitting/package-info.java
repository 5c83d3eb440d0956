/**
 * One fitter for each model family: from transitions of both sides to model parameters. Pure: no
 * actor, no clock, no file. May import actor-core's data, torch, environment, dynamics and replay.
 */
@NullMarked
package org.planloop.fitting;

import org.jspecify.annotations.NullMarked;
