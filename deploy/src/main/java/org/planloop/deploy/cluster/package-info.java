/**
 * Nodes of a cluster: the actors of each role, what they and their users say to one another, and
 * the client that speaks to them. Builds on {@code deploy.node}, which knows nothing of it.
 */
@NullMarked
package org.planloop.deploy.cluster;

import org.jspecify.annotations.NullMarked;
