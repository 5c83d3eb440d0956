/**
 * What a user would pick instead: Python libraries that do a figure's work, in an environment and
 * in processes of their own. May import process; knows nothing of our own figures but their names.
 */
@NullMarked
package org.planloop.deploy.bench.peers;

import org.jspecify.annotations.NullMarked;
