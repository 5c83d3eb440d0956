package org.planloop.deploy.certs;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.planloop.tls.TlsSettings;

/** An authority for tests, and nodes' files that it signed. */
public record Pki(TestAuthority authority) {
  static final Host LOOPBACK = Host.of("127.0.0.1");
  static final Duration HOUR = Duration.ofHours(1);

  public static Pki create() {
    return create("one");
  }

  /** Certificates for a name or address, valid for an hour. */
  public Issued issue(String host) {
    return authority.issue(Host.of(host), Instant.now(), HOUR);
  }

  /** An authority of a given name; those of equal names differ in their keys alone. */
  static Pki create(String mark) {
    return new Pki(TestAuthority.create("test", mark, Instant.now()));
  }

  /** A good node's files for loopback. */
  public TlsSettings node(Path folder) {
    return node(folder, LOOPBACK);
  }

  TlsSettings node(Path folder, Host host) {
    return write(folder, authority.issue(host, Instant.now(), HOUR));
  }

  /** Files with a certificate that is valid for a span of time around now. */
  TlsSettings node(Path folder, Duration fromNow, Duration untilNow) {
    Instant now = Instant.now();
    return write(folder, authority.issue(LOOPBACK, now.plus(fromNow), now.plus(untilNow)));
  }

  /** Writes a node's files over those that are there. */
  public TlsSettings write(Path folder, Issued issued) {
    CertificateFolder.write(folder, issued, List.of(authority.certificate()));
    return looking(folder);
  }

  /** A folder's files, looked at whenever a connection is made. */
  static TlsSettings looking(Path folder) {
    TlsSettings files = TlsSettings.ofFolder(folder);
    return new TlsSettings(files.key(), files.certificate(), files.authority(), Duration.ZERO);
  }
}
