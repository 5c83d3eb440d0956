/**
 * The catalogue of environments; one package below for each family. Pure: no actor, no clock, no
 * file. May import data, environment and dynamics of actor-core.
 */
@NullMarked
package org.planloop.environments;

import org.jspecify.annotations.NullMarked;
