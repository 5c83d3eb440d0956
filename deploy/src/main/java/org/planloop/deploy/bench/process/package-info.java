/**
 * Processes that the benchmarks start and the folders they use: nothing of it outlives this
 * process. May import storage.
 */
@NullMarked
package org.planloop.deploy.bench.process;

import org.jspecify.annotations.NullMarked;
