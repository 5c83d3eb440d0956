/**
 * The shard that serves the replay files, and the view a fit reads them through. May import data,
 * metrics, protocol and replay.
 */
@NullMarked
package org.planloop.replay.actor;

import org.jspecify.annotations.NullMarked;
