/**
 * The loop: strategy, the state machine of iterations, choosing the best policy; and the actor
 * around them. Strategy and selection are pure. May import actor-core, org.planloop.fitting and
 * org.planloop.diagnostics.
 */
@NullMarked
package org.planloop.campaign;

import org.jspecify.annotations.NullMarked;
