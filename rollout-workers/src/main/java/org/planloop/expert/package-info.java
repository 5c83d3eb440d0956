/**
 * Experts: demonstrators found by name, and recorded data sets. Pure: no actor, no clock. May
 * import data, environment, dynamics, planning and policy of actor-core.
 */
@NullMarked
package org.planloop.expert;

import org.jspecify.annotations.NullMarked;
