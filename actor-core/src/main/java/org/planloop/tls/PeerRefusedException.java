package org.planloop.tls;

import java.security.cert.CertificateException;

/** A peer's certificate is not accepted; the message is one line that says why. */
final class PeerRefusedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  PeerRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  PeerRefusedException(String message) {
    super(message);
  }
}
