/**
 * The data every role speaks of: transitions in columns, their keys and provenance, random streams,
 * bad input; and the loop of small dense products. The ground floor: imports nothing of Planloop.
 */
@NullMarked
package org.planloop.data;

import org.jspecify.annotations.NullMarked;
