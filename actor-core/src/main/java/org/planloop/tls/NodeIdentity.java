package org.planloop.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.planloop.data.InvalidInputException;

/**
 * Who a node is and whom it trusts, read from its three files and found to be usable.
 *
 * @param key the private key that fits the first certificate
 * @param chain the node's certificate first, then those between it and the authority
 * @param authorities what peers must be signed by; those that are valid now
 * @param warnings what works but should be put right, one line each
 */
public record NodeIdentity(
    PrivateKey key,
    List<X509Certificate> chain,
    List<X509Certificate> authorities,
    List<String> warnings) {

  public NodeIdentity {
    chain = List.copyOf(chain);
    authorities = List.copyOf(authorities);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads the files and checks that they belong together: the certificate is valid, for a server
   * and a client, names a host, was made for the key and is signed by an authority.
   *
   * @param now the time that certificates must be valid at
   * @throws InvalidInputException naming the file, what is wrong and the way out
   */
  public static NodeIdentity read(TlsSettings settings, Instant now) {
    List<X509Certificate> authorities =
        IdentityChecks.authorities(
            settings.authority(), PemFile.certificates(settings.authority()), now);
    List<X509Certificate> chain = PemFile.certificates(settings.certificate());
    PrivateKey key = PemFile.privateKey(settings.key());
    IdentityChecks.requireUsable(settings.certificate(), chain.get(0), now);
    IdentityChecks.requireFits(settings, key, chain.get(0));
    IdentityChecks.requireSigned(settings, chain, authorities, now);
    List<String> warnings = new ArrayList<>();
    if (isReadableByAll(settings.key())) {
      warnings.add(
          settings.key()
              + ": every user of this machine may read the private key; 'chmod 600 "
              + settings.key()
              + "'");
    }
    if (isNearItsEnd(chain.get(0), now)) {
      warnings.add(
          settings.certificate()
              + ": the certificate is valid only until "
              + chain.get(0).getNotAfter().toInstant()
              + "; renew it, for example with"
              + " 'planloop certs'");
    }
    return new NodeIdentity(key, chain, authorities, warnings);
  }

  /** The node's own certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** A tenth of its time is left, or less. */
  private static boolean isNearItsEnd(X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    Duration whole = Duration.between(certificate.getNotBefore().toInstant(), end);
    return Duration.between(now, end).compareTo(whole.dividedBy(10)) <= 0;
  }

  private static boolean isReadableByAll(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    } catch (UnsupportedOperationException e) {
      return false; // A file system without such permissions has nothing to put right.
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be looked at (" + e + ")", e);
    }
  }
}
