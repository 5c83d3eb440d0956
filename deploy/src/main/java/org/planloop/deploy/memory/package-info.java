/**
 * How much memory and disk an experiment will take, computed before anything is made. Opens and
 * loads nothing; may import config and the settings records of every module.
 */
@NullMarked
package org.planloop.deploy.memory;

import org.jspecify.annotations.NullMarked;
