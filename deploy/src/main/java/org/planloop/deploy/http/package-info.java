/**
 * What a node tells those who watch it over HTTP: health, metrics, status, threads. Asks the node
 * through {@code deploy.cluster}, which knows nothing of it.
 */
@NullMarked
package org.planloop.deploy.http;

import org.jspecify.annotations.NullMarked;
