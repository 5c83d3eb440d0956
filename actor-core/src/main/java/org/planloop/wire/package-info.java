/**
 * The one serialiser of messages between roles, and the catalogues that name them. May import
 * everything of actor-core that sends or holds messages.
 */
@NullMarked
package org.planloop.wire;

import org.jspecify.annotations.NullMarked;
