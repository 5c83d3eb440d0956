package org.planloop.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.planloop.data.InvalidInputException;

/** The checks on a node's own files; each throws with the file, what is wrong and the way out. */
final class IdentityChecks {
  private static final String RENEW = "renew it, for example with 'planloop certs'";

  private IdentityChecks() {}

  /** Of the certificates in an authority file, those that may sign now: at least one. */
  static List<X509Certificate> authorities(
      Path file, List<X509Certificate> certificates, Instant now) {
    for (X509Certificate certificate : certificates) {
      if (certificate.getBasicConstraints() < 0) {
        throw new InvalidInputException(
            file
                + ": "
                + Names.subject(certificate)
                + " is no authority's certificate; the file"
                + " must hold only certificates that may sign others");
      }
    }
    List<X509Certificate> valid =
        certificates.stream().filter(certificate -> validity(certificate, now).isEmpty()).toList();
    if (valid.isEmpty()) {
      throw new InvalidInputException(
          file + ": " + validity(certificates.get(0), now) + "; make a new authority");
    }
    return valid;
  }

  /** Valid now, for a server and a client, and for a host. */
  static void requireUsable(Path file, X509Certificate certificate, Instant now) {
    String invalid = validity(certificate, now);
    if (!invalid.isEmpty()) {
      throw new InvalidInputException(file + ": " + invalid);
    }
    for (Usage usage : Usage.values()) {
      if (!usage.isAllowedBy(certificate)) {
        throw new InvalidInputException(
            file
                + ": the certificate is not for "
                + usage
                + "; a node is server and client, so its"
                + " extended key usage must have serverAuth and clientAuth");
      }
    }
    boolean[] keyUsage = certificate.getKeyUsage();
    if (keyUsage != null && !keyUsage[0]) {
      throw new InvalidInputException(
          file + ": the certificate's key may not sign; its key usage must have digitalSignature");
    }
    if (Names.hosts(certificate).isEmpty()) {
      throw new InvalidInputException(
          file
              + ": the certificate names no host; its subject alternative names must have the name"
              + " or address that peers dial");
    }
  }

  /** Why a certificate is not valid now; empty if it is. */
  private static String validity(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    String subject = "the certificate of " + Names.subject(certificate);
    if (now.isBefore(from)) {
      return subject
          + " is valid only from "
          + from
          + ", and this machine's clock says "
          + now
          + "; put the clock right, or wait";
    }
    if (now.isAfter(until)) {
      return subject
          + " expired at "
          + until
          + " (this machine's clock says "
          + now
          + "); "
          + RENEW;
    }
    return "";
  }

  static void requireFits(TlsSettings settings, PrivateKey key, X509Certificate certificate) {
    if (!SigningKey.fits(key, certificate.getPublicKey())) {
      throw new InvalidInputException(
          settings.key()
              + ": this private key does not fit the certificate in "
              + settings.certificate()
              + "; put the two that were made together in their places");
    }
  }

  static void requireSigned(
      TlsSettings settings,
      List<X509Certificate> chain,
      List<X509Certificate> authorities,
      Instant now) {
    // A chain that goes on to the authority itself is as good as one that ends before it.
    List<X509Certificate> below =
        chain.stream().filter(certificate -> !authorities.contains(certificate)).toList();
    if (below.isEmpty()) {
      throw new InvalidInputException(
          settings.certificate()
              + ": is the authority's own certificate; a node needs one of its"
              + " own, signed by it");
    }
    try {
      PKIXParameters trust =
          new PKIXParameters(
              authorities.stream()
                  .map(authority -> new TrustAnchor(authority, null))
                  .collect(Collectors.toSet()));
      trust.setRevocationEnabled(false);
      trust.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(below), trust);
    } catch (CertPathValidatorException e) {
      throw new InvalidInputException(
          settings.certificate()
              + ": the certificate of "
              + Names.subject(below.get(0))
              + ", issued by "
              + Names.issuer(below.get(below.size() - 1))
              + ", is not signed by a valid authority in "
              + settings.authority()
              + " ("
              + Names.clean(String.valueOf(e.getMessage()))
              + "); put that authority's certificate"
              + " there, and those between them into "
              + settings.certificate(),
          e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot check certificates", e);
    }
  }
}
