/**
 * Copies of campaigns in S3-compatible storage: what goes there, in which order, and how it comes
 * back. Only {@link org.planloop.deploy.objectstore.S3ObjectStore} knows the client library. May
 * import actor-core and the trainer's data.
 */
@NullMarked
package org.planloop.deploy.objectstore;

import org.jspecify.annotations.NullMarked;
