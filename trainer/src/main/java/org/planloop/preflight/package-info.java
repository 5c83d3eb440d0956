/**
 * Checks of a candidate before it flies: in the learned model, in a bootstrap of models, in a
 * second simulator. Pure: no actor, no clock, no file. May import actor-core, no actor of it,
 * fitting and diagnostics.
 */
@NullMarked
package org.planloop.preflight;

import org.jspecify.annotations.NullMarked;
