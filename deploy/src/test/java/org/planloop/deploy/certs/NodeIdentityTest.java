package org.planloop.deploy.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;
import org.planloop.tls.NodeIdentity;
import org.planloop.tls.TlsSettings;

/** Every way in which a node's own files are refused when it starts. */
class NodeIdentityTest {
  @TempDir Path folder;

  private final Pki pki = Pki.create();
  private TlsSettings files = TlsSettings.ofFolder(Path.of(""));

  @BeforeEach
  void goodFiles() {
    files = pki.node(folder);
  }

  private void assertRefused(Path file, String... words) {
    assertRefused(Instant.now(), file, words);
  }

  private void assertRefused(Instant now, Path file, String... words) {
    assertThatThrownBy(() -> NodeIdentity.read(files, now))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain("\n");
  }

  private static String pem(String type, byte[] bytes) {
    String text = Base64.getMimeEncoder().encodeToString(bytes);
    return "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
  }

  @Test
  void goodFilesAreTaken() {
    NodeIdentity identity = NodeIdentity.read(files, Instant.now());

    assertThat(identity.chain()).hasSize(1);
    assertThat(identity.authorities()).containsExactly(pki.authority().certificate());
    assertThat(identity.warnings()).isEmpty();
  }

  @Test
  void aChainThatGoesOnToTheAuthorityIsTaken() throws IOException {
    Files.writeString(
        files.certificate(),
        Files.readString(files.certificate()) + Files.readString(files.authority()));

    assertThat(NodeIdentity.read(files, Instant.now()).chain()).hasSize(2);
  }

  @Test
  void aKeyOfRsaIsTaken() throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    Files.writeString(
        files.key(), pem("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded()));

    // Read as a key, and found to be another's.
    assertRefused(files.key(), "does not fit the certificate in " + files.certificate());
  }

  @Test
  void missingFiles() throws IOException {
    for (Path file : List.of(files.key(), files.certificate(), files.authority())) {
      byte[] before = Files.readAllBytes(file);
      Files.delete(file);
      assertRefused(file, "there is no such file", "planloop certs");
      Files.write(file, before);
    }
  }

  @Test
  void filesThatCannotBeRead() throws IOException {
    Files.delete(files.key());
    Files.createDirectory(files.key()); // As root every file can be read, but no folder.

    assertRefused(files.key(), "cannot be read", "must be a file that this user may read");
  }

  @Test
  void filesWithoutWhatTheyAreFor() throws IOException {
    String certificate = Files.readString(files.certificate());
    String key = Files.readString(files.key());
    Files.writeString(files.key(), certificate);
    assertRefused(files.key(), "holds no private key", "BEGIN PRIVATE KEY");
    Files.writeString(files.key(), key + key);
    assertRefused(files.key(), "holds 2 private keys");
    Files.writeString(files.certificate(), key);
    assertRefused(files.certificate(), "holds no certificate", "BEGIN CERTIFICATE");
    Files.writeString(files.authority(), "");
    assertRefused(files.authority(), "holds no certificate");
    Files.write(files.authority(), new byte[(1 << 20) + 1]);
    assertRefused(files.authority(), "larger than 1 MiB");
  }

  @Test
  void brokenContent() throws IOException {
    Files.writeString(files.key(), pem("PRIVATE KEY", new byte[] {1, 2, 3}));
    assertRefused(files.key(), "broken or of none of the kinds", "EC");
    Files.writeString(
        files.key(), "-----BEGIN PRIVATE KEY-----\nAAAAA\n-----END PRIVATE KEY-----\n");
    assertRefused(files.key(), "no base64");
    Files.writeString(files.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n");
    assertRefused(files.key(), "has no END line");
    Files.writeString(files.certificate(), pem("CERTIFICATE", new byte[] {1, 2, 3}));
    assertRefused(files.certificate(), "certificate 1 is broken");
  }

  @Test
  void keysInOtherFormats() throws IOException {
    Files.writeString(files.key(), pem("ENCRYPTED PRIVATE KEY", new byte[] {1}));
    assertRefused(files.key(), "is encrypted", "openssl pkcs8 -topk8 -nocrypt");
    Files.writeString(
        files.key(),
        """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED

        AAAA
        -----END RSA PRIVATE KEY-----
        """);
    assertRefused(files.key(), "is encrypted");
    Files.writeString(files.key(), pem("EC PRIVATE KEY", new byte[] {1}));
    assertRefused(files.key(), "EC PRIVATE KEY", "not PKCS#8", "openssl pkcs8 -topk8 -nocrypt");
  }

  @Test
  void aKeyThatDoesNotFit() throws IOException {
    Path other = folder.resolve("other");
    pki.node(other);
    Files.copy(
        other.resolve(TlsSettings.KEY_FILE), files.key(), StandardCopyOption.REPLACE_EXISTING);

    assertRefused(files.key(), "does not fit the certificate in " + files.certificate());
  }

  @Test
  void timesOutsideTheCertificates() {
    Instant now = Instant.now();
    assertRefused(
        now.plus(Duration.ofDays(2)), files.certificate(), "expired at", "clock says", "renew");
    assertRefused(
        now.minus(Duration.ofDays(1)), files.authority(), "is valid only from", "clock says");
    assertRefused(now.plus(Duration.ofDays(4000)), files.authority(), "expired at");
    files = pki.node(folder, Duration.ofHours(1), Duration.ofHours(2));
    assertRefused(now, files.certificate(), "is valid only from", "put the clock right");
  }

  @Test
  void anotherAuthority() throws IOException {
    Path other = folder.resolve("other");
    TlsSettings others = Pki.create().node(other);
    Files.copy(others.authority(), files.authority(), StandardCopyOption.REPLACE_EXISTING);

    assertRefused(
        files.certificate(), "is not signed by a valid authority in " + files.authority());
  }

  @Test
  void anAuthorityFileThatHoldsNodes() throws IOException {
    Files.writeString(
        files.authority(),
        Files.readString(files.authority()) + Files.readString(files.certificate()));

    assertRefused(files.authority(), "is no authority's certificate");
  }

  @Test
  void theAuthorityItselfAsNode() {
    files = pki.write(folder, new Issued(pki.authority().key(), pki.authority().certificate()));

    assertRefused(files.certificate(), "is not for serverAuth");
  }

  @Test
  void certificatesForOneSideOnly() {
    Instant now = Instant.now();
    for (KeyPurposeId one : List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)) {
      files =
          pki.write(
              folder,
              pki.authority()
                  .issue(Pki.LOOPBACK, now, now.plus(Pki.HOUR), new ExtendedKeyUsage(one)));
      assertRefused(
          now.plusSeconds(1),
          files.certificate(),
          one.equals(KeyPurposeId.id_kp_serverAuth) ? "not for clientAuth" : "not for serverAuth");
    }
  }

  @Test
  void aKeyThatAllMayReadIsWarnedOf() throws IOException {
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(NodeIdentity.read(files, Instant.now()).warnings())
        .singleElement()
        .asString()
        .startsWith(files.key() + ": every user")
        .contains("chmod 600");
  }

  @Test
  void aCertificateNearItsEndIsWarnedOf() {
    files = pki.node(folder, Duration.ofHours(-10), Duration.ofMinutes(30));

    assertThat(NodeIdentity.read(files, Instant.now()).warnings())
        .singleElement()
        .asString()
        .contains("valid only until", "planloop certs");
  }

  @Test
  void settingsGoThroughTheConfiguration() {
    assertThat(TlsSettings.of(files.toConfig())).isEqualTo(files);
    assertThat(files.toConfig().getString("pekko.remote.artery.transport")).isEqualTo("tls-tcp");
    assertThatThrownBy(() -> TlsSettings.of(ConfigFactory.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("planloop.tls.key: names no file");
    assertThatThrownBy(
            () ->
                TlsSettings.of(
                    ConfigFactory.parseString("planloop.tls.reload-interval = soon")
                        .withFallback(files.toConfig())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("planloop.tls");
    assertThatThrownBy(
            () ->
                TlsSettings.of(
                    ConfigFactory.parseString("planloop.tls.reload-interval = 2h")
                        .withFallback(files.toConfig())))
        .hasMessageContaining("planloop.tls.reload-interval")
        .hasMessageContaining("must be from 0s to 1h");
  }
}
