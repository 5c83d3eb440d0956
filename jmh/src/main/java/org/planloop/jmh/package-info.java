/** Microbenchmarks of the small pieces, with JMH; {@code planloop bench} measures the whole. */
@NullMarked
package org.planloop.jmh;

import org.jspecify.annotations.NullMarked;
