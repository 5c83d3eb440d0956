package org.planloop.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * How certificates are called in messages. What a peer wrote into its certificate is not to be
 * trusted: control characters are replaced and long names cut, so that a line of the log stays one.
 */
final class Names {
  private static final int LONGEST = 200;

  /** Kinds of subject alternative names (RFC 5280, section 4.2.1.6). */
  private static final int DNS = 2;

  private static final int IP = 7;

  private Names() {}

  static String subject(X509Certificate certificate) {
    return clean(certificate.getSubjectX500Principal().getName());
  }

  static String issuer(X509Certificate certificate) {
    return clean(certificate.getIssuerX500Principal().getName());
  }

  /** The host names and addresses that a certificate is for; none if it cannot be read. */
  static List<String> hosts(X509Certificate certificate) {
    return alternative(certificate, Set.of(DNS, IP));
  }

  /** The host names alone. */
  static List<String> hostNames(X509Certificate certificate) {
    return alternative(certificate, Set.of(DNS));
  }

  private static List<String> alternative(X509Certificate certificate, Set<Integer> kinds) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0) instanceof Integer kind && kinds.contains(kind))
              .map(name -> clean(String.valueOf(name.get(1))))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  static String clean(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
