/**
 * What {@code planloop bench} measures on the user's own machine, each figure beside the limit
 * computed in the same run. May import every module; only {@code deploy.cli} imports it.
 */
@NullMarked
package org.planloop.deploy.bench;

import org.jspecify.annotations.NullMarked;
