/**
 * Nodes that find one another by the Kubernetes API, and the lease by which one side of a
 * separation goes on. {@code deploy} finds {@link org.planloop.join.ApiJoining} by ServiceLoader.
 */
@NullMarked
package org.planloop.join;

import org.jspecify.annotations.NullMarked;
