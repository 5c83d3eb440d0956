package org.planloop.deploy.certs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.planloop.data.InvalidInputException;
import org.planloop.storage.AtomicFile;
import org.planloop.tls.NodeIdentity;
import org.planloop.tls.PemFile;
import org.planloop.tls.SigningKey;
import org.planloop.tls.TlsSettings;

/**
 * A folder with an authority ({@code ca.pem}, {@code ca.key}) and in it a folder for each host with
 * what that host's node needs. Keys have mode 0600 and new folders 0700; files are replaced whole.
 */
public final class CertificateFolder {
  private static final String AUTHORITY_KEY = "ca.key";
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;

  public CertificateFolder(Path folder) {
    this.folder = folder;
  }

  /** The authority's certificate. */
  public Path authorityFile() {
    return folder.resolve(TlsSettings.AUTHORITY_FILE);
  }

  /** A host's own folder. */
  public Path folderOf(Host host) {
    return folder.resolve(host.folder());
  }

  /**
   * The authority that lies here, if there is one.
   *
   * @throws InvalidInputException if half of it is missing, or it cannot sign
   */
  public Optional<TestAuthority> authority(Instant now) {
    Path key = folder.resolve(AUTHORITY_KEY);
    Path certificate = authorityFile();
    if (!Files.exists(key) && !Files.exists(certificate)) {
      return Optional.empty();
    }
    if (!Files.exists(key) || !Files.exists(certificate)) {
      boolean keyIsThere = Files.exists(key);
      throw new InvalidInputException(
          (keyIsThere ? certificate : key)
              + ": is missing beside "
              + (keyIsThere ? key : certificate)
              + "; put it back, or move the other away for a new authority");
    }
    Issued read = new Issued(PemFile.privateKey(key), PemFile.certificates(certificate).get(0));
    requireSigns(key, certificate, read, now);
    return Optional.of(new TestAuthority(read));
  }

  private static void requireSigns(Path key, Path file, Issued authority, Instant now) {
    X509Certificate certificate = authority.certificate();
    if (certificate.getBasicConstraints() < 0) {
      throw new InvalidInputException(
          file
              + ": is no authority's certificate; name a folder of 'planloop certs', or a new one");
    }
    if (!now.isBefore(certificate.getNotAfter().toInstant())) {
      throw new InvalidInputException(
          file
              + ": the authority expired at "
              + certificate.getNotAfter().toInstant()
              + "; make a new one in another folder, and let nodes trust both while you change");
    }
    if (!SigningKey.fits(authority.key(), certificate.getPublicKey())) {
      throw new InvalidInputException(
          key + ": does not fit " + file + "; put the two that were made together there");
    }
  }

  /**
   * Makes an authority here.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public TestAuthority createAuthority(String cluster, Instant now) {
    TestAuthority authority = TestAuthority.create(cluster, now);
    try {
      Files.createDirectories(folder.toAbsolutePath(), PRIVATE);
      AtomicFile.writePrivate(folder.resolve(AUTHORITY_KEY), pem(authority.key()));
      AtomicFile.write(authorityFile(), pem(authority.certificate()));
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be written (" + e + ")", e);
    }
    return authority;
  }

  /**
   * Makes a host's key and certificate, in the place of those it had, and reads them back as a node
   * would.
   *
   * @throws UncheckedIOException if they cannot be written
   */
  public NodeIdentity issue(TestAuthority authority, Host host, Instant now, Duration lifetime) {
    Issued issued = authority.issue(host, now, lifetime);
    write(folderOf(host), issued, List.of(authority.certificate()));
    return NodeIdentity.read(TlsSettings.ofFolder(folderOf(host)), now);
  }

  /** Writes a node's three files, the key right before the certificate that it fits. */
  static void write(Path target, Issued issued, List<X509Certificate> authorities) {
    TlsSettings files = TlsSettings.ofFolder(target);
    StringBuilder trusted = new StringBuilder();
    authorities.forEach(
        authority -> trusted.append(new String(pem(authority), StandardCharsets.US_ASCII)));
    try {
      Files.createDirectories(target.toAbsolutePath(), PRIVATE);
      AtomicFile.write(files.authority(), trusted.toString().getBytes(StandardCharsets.US_ASCII));
      AtomicFile.writePrivate(files.key(), pem(issued.key()));
      AtomicFile.write(files.certificate(), pem(issued.certificate()));
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written (" + e + ")", e);
    }
  }

  private static byte[] pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
  }

  private static byte[] pem(PrivateKey key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static byte[] pem(String type, byte[] encoded) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(encoded);
    String text = "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
