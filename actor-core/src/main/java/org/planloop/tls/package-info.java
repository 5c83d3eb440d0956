/**
 * Mutual TLS between nodes: PEM files, the checks on them and on peers, and the engines that the
 * remoting asks for. May import data; only {@link org.planloop.tls.PemEngineProvider} knows Pekko.
 */
@NullMarked
package org.planloop.tls;

import org.jspecify.annotations.NullMarked;
