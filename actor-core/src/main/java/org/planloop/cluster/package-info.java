/**
 * What spans nodes: snapshots published once and cached once a node. Top floor of actor-core: may
 * import everything below, not the replay actors.
 */
@NullMarked
package org.planloop.cluster;

import org.jspecify.annotations.NullMarked;
