/**
 * The replay files and the half-and-half draw: append-only segments, the index over them, explicit
 * row lists, laying them out anew for another number of shards. May import data, protocol and
 * storage. The actor that serves them is in replay.actor.
 */
@NullMarked
package org.planloop.replay;

import org.jspecify.annotations.NullMarked;
