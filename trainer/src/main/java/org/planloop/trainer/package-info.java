/**
 * The actor that fits models, plans policies in them and flies them there. May import actor-core,
 * org.planloop.fitting and org.planloop.diagnostics.
 */
@NullMarked
package org.planloop.trainer;

import org.jspecify.annotations.NullMarked;
