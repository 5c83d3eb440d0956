package org.planloop.fitting;

/**
 * A fit that has no result: a side is empty, or the model diverges however often it is restarted.
 */
public final class FitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FitException(String message) {
    super(message);
  }
}
