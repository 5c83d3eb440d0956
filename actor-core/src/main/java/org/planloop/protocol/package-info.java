/**
 * The messages that cross modules: what campaign, dispatcher, worker and snapshot cache say to one
 * another. May import data and policy; no actor lives here.
 */
@NullMarked
package org.planloop.protocol;

import org.jspecify.annotations.NullMarked;
