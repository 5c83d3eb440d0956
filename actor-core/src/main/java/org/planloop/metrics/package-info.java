/**
 * Where meter registries come from, and how meters are called outside. A component's own meters
 * stand in a class beside it and take the registry as an argument. Imports nothing of Planloop.
 */
@NullMarked
package org.planloop.metrics;

import org.jspecify.annotations.NullMarked;
