/**
 * Policies: what is broadcast, stored and exported, and how it acts. Pure: no actor, no clock. May
 * import data, torch, environment, dynamics and planning.
 */
@NullMarked
package org.planloop.policy;

import org.jspecify.annotations.NullMarked;
