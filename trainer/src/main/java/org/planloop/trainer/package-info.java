/**
 * The actor that fits models and plans policies in them. May import actor-core and
 * org.planloop.fitting.
 */
@NullMarked
package org.planloop.trainer;

import org.jspecify.annotations.NullMarked;
