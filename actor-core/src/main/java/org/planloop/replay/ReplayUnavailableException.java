package org.planloop.replay;

/** Rows that a view promised cannot be had: a shard does not answer, or has lost them. */
public final class ReplayUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReplayUnavailableException(String message) {
    super(message);
  }

  public ReplayUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
