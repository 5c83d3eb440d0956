/**
 * Test certificates for the nodes of a cluster: an authority in a folder, and a folder for each
 * host. The only package that imports Bouncy Castle.
 */
@NullMarked
package org.planloop.deploy.certs;

import org.jspecify.annotations.NullMarked;
