/**
 * Planners: from a model, an objective and states to actions or feedback laws. Pure: no actor, no
 * clock, no file. May import data, torch, environment and dynamics.
 */
@NullMarked
package org.planloop.planning;

import org.jspecify.annotations.NullMarked;
