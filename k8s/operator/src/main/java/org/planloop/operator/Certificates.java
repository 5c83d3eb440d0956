package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.deploy.certs.CertificateFolder;
import org.planloop.deploy.certs.Host;
import org.planloop.deploy.certs.TestAuthority;

/**
 * A campaign's authority and the certificate of all its pods, as the data of Secrets. Folders are
 * what {@code planloop certs} works on; here they are temporary, and in memory by the manifest.
 */
final class Certificates {
  static final String KEY = "tls.key";
  static final String CERTIFICATE = "tls.crt";
  static final String AUTHORITY = "ca.crt";
  static final String AUTHORITY_KEY = "ca.key";

  private static final Duration LIFETIME = Duration.ofDays(90);
  private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

  private Certificates() {}

  /** Base64 by key, as Secrets have it. */
  record Made(Map<String, String> authority, Map<String, String> node) {}

  /** Until when the certificate in a Secret is valid; empty if it holds none. */
  static Optional<Instant> until(Secret secret) {
    String encoded = secret.getData() == null ? null : secret.getData().get(CERTIFICATE);
    if (encoded == null) {
      return Optional.empty();
    }
    try {
      byte[] pem = Base64.getMimeDecoder().decode(encoded);
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem));
      return Optional.of(certificate.getNotAfter().toInstant());
    } catch (CertificateException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether it is time for another certificate. */
  static boolean due(Secret secret, Instant now) {
    return until(secret).map(end -> !now.isBefore(end.minus(RENEWED_BEFORE))).orElse(true);
  }

  /**
   * Makes a key and a certificate, and an authority if there is none.
   *
   * @param authority the data of the authority's Secret; empty for a new one
   */
  static Made make(Names names, Map<String, String> authority, Instant now) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("campaign");
      CertificateFolder files = new CertificateFolder(folder);
      if (!authority.isEmpty()) {
        write(folder.resolve("ca.key"), authority, AUTHORITY_KEY);
        write(files.authorityFile(), authority, AUTHORITY);
      }
      TestAuthority signing =
          files.authority(now).orElseGet(() -> files.createAuthority(names.campaign(), now));
      Host host = Host.of(names.hosts());
      files.issue(signing, host, now, LIFETIME);
      Path node = files.folderOf(host);
      return new Made(
          read(Map.of(AUTHORITY_KEY, folder.resolve("ca.key"), AUTHORITY, files.authorityFile())),
          read(
              Map.of(
                  KEY, node.resolve("node.key"),
                  CERTIFICATE, node.resolve("node.pem"),
                  AUTHORITY, node.resolve("ca.pem"))));
    } catch (IOException e) {
      throw new UncheckedIOException("certificates cannot be made: " + e, e);
    } finally {
      if (folder != null) {
        remove(folder);
      }
    }
  }

  private static void write(Path file, Map<String, String> data, String key) throws IOException {
    Files.write(file, Base64.getMimeDecoder().decode(data.getOrDefault(key, "")));
  }

  private static Map<String, String> read(Map<String, Path> files) throws IOException {
    Map<String, String> data = new LinkedHashMap<>();
    for (String key : files.keySet().stream().sorted().toList()) {
      data.put(key, Base64.getEncoder().encodeToString(Files.readAllBytes(files.get(key))));
    }
    return data;
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepest = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepest) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be removed, and it has keys: " + e, e);
    }
  }
}
