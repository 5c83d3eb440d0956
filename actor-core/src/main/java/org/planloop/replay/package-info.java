/**
 * The replay files and the half-and-half draw: append-only segments, the index over them, explicit
 * row lists. May import data and storage. The actor that serves them is in replay.actor.
 */
@NullMarked
package org.planloop.replay;

import org.jspecify.annotations.NullMarked;
