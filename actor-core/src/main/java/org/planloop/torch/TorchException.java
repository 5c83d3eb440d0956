package org.planloop.torch;

/**
 * PyTorch cannot be loaded, a script cannot be compiled, or a call failed: the message says which
 * and, where the user can do something, what.
 */
public final class TorchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TorchException(String message) {
    super(message);
  }

  TorchException(String message, Throwable cause) {
    super(message, cause);
  }
}
