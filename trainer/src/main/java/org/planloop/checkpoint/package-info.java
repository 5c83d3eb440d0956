/**
 * The folders of a run that a campaign can be resumed from: iterations, and the chosen policy. The
 * only package of the trainer that touches files. May import actor-core and org.planloop.campaign's
 * data.
 */
@NullMarked
package org.planloop.checkpoint;

import org.jspecify.annotations.NullMarked;
