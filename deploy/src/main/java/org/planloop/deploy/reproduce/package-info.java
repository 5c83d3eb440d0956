/**
 * The experiments that justify the design, each one command: a {@link
 * org.planloop.deploy.reproduce.Study} runs and leaves its tables, figures and findings. May import
 * every module; only {@code deploy.cli} imports it.
 */
@NullMarked
package org.planloop.deploy.reproduce;

import org.jspecify.annotations.NullMarked;
