package org.planloop.deploy.reproduce;

/** A study was asked to stop; nothing of it is kept. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("stopped");
  }
}
