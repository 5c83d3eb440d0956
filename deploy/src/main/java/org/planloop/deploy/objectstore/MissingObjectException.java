package org.planloop.deploy.objectstore;

import java.io.IOException;

/** An object is not in the store. */
public final class MissingObjectException extends IOException {
  private static final long serialVersionUID = 1L;

  public MissingObjectException(String message) {
    super(message);
  }
}
