package org.planloop.wire;

import java.io.NotSerializableException;

/**
 * Bytes that are no message of this version, or a message that must not cross the wire. The sender
 * or the catalogue is at fault; the receiver drops the bytes and goes on.
 */
public final class WireException extends NotSerializableException {
  private static final long serialVersionUID = 1L;

  WireException(String message) {
    super(message);
  }

  WireException(String message, Throwable cause) {
    super(message);
    initCause(cause);
  }
}
