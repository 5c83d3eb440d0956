package org.planloop.torch;

import org.jspecify.annotations.Nullable;

/**
 * PyTorch cannot be loaded, a script cannot be compiled, or a call failed: the message says which
 * and, where the user can do something, what.
 */
public final class TorchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TorchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
