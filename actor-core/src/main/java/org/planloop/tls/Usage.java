package org.planloop.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a certificate may be used for (extended key usage, RFC 5280, section 4.2.1.12). */
enum Usage {
  SERVER("serverAuth", "1.3.6.1.5.5.7.3.1"),
  CLIENT("clientAuth", "1.3.6.1.5.5.7.3.2");

  private final String label;
  private final String identifier;

  Usage(String label, String identifier) {
    this.label = label;
    this.identifier = identifier;
  }

  /** Whether the certificate says so itself: one without the extension does not. */
  boolean isAllowedBy(X509Certificate certificate) {
    try {
      List<String> usages = certificate.getExtendedKeyUsage();
      return usages != null && usages.contains(identifier);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return label;
  }
}
