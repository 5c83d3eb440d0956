/**
 * The command line: one class a command, exit codes, text and JSON output. May import every other
 * package; nothing imports it.
 */
@NullMarked
package org.planloop.deploy.cli;

import org.jspecify.annotations.NullMarked;
