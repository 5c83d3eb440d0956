/**
 * What a campaign can say about itself: flights in the learned model, the performance difference,
 * model exploitation. Pure: no actor, no clock, no file. May import actor-core, no actor of it.
 */
@NullMarked
package org.planloop.diagnostics;

import org.jspecify.annotations.NullMarked;
