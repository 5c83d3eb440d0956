/**
 * Files that are there whole or not at all: written under another name, forced to disk, renamed.
 * May import data and policy.
 */
@NullMarked
package org.planloop.storage;

import org.jspecify.annotations.NullMarked;
