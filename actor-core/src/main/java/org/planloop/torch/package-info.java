/**
 * PyTorch: scripts, calls, tensors, threads, devices. The only package that imports ai.djl, and
 * nothing of it shows outside. May import data.
 */
@NullMarked
package org.planloop.torch;

import org.jspecify.annotations.NullMarked;
