/**
 * What a system to be learned is: spaces, objective, episodes, many copies stepped at once. Pure:
 * no actor, no clock, no file. May import data only.
 */
@NullMarked
package org.planloop.environment;

import org.jspecify.annotations.NullMarked;
