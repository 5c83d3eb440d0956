/**
 * Cart-poles: swing-up as in PETS and continuous balance as in mbrl-lib. Pure: no actor, no clock,
 * no file. May import data and environment of actor-core.
 */
@NullMarked
package org.planloop.environments.cartpole;

import org.jspecify.annotations.NullMarked;
