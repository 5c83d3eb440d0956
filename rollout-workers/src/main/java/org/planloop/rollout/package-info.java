/**
 * Flying episodes: the pure rollout of one job, and the dispatcher and worker actors around it. May
 * import actor-core, org.planloop.environments and org.planloop.expert.
 */
@NullMarked
package org.planloop.rollout;

import org.jspecify.annotations.NullMarked;
