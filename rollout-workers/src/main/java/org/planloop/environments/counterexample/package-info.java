/**
 * The finite MDPs that tell the data strategies apart. Pure: no actor, no clock, no file. May
 * import data, environment and dynamics of actor-core.
 */
@NullMarked
package org.planloop.environments.counterexample;

import org.jspecify.annotations.NullMarked;
