package org.planloop.deploy.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.tls.TlsSettings;

/** Actor systems over loopback: who may speak with whom, and what the log says if not. */
@Timeout(120)
class TlsBetweenNodesTest {
  @TempDir Path folder;

  private final Pki pki = Pki.create();

  @Test
  void nodesOfOneAuthorityTalkBothWays() throws Exception {
    try (LogLines log = new LogLines();
        Node a = Node.withTls("a", pki.node(folder.resolve("a")));
        Node b = Node.withTls("b", pki.node(folder.resolve("b")))) {
      a.tell(b, "there");
      assertThat(b.hear()).isEqualTo("there");
      b.tell(a, "and back");
      assertThat(a.hear()).isEqualTo("and back");
      assertThat(log.all()).isEmpty();
    }
  }

  /**
   * A stranger's message never arrives: a node hears from a friend what was sent after the log told
   * that the stranger was refused, and nothing before it.
   */
  private void assertHearsOnlyFriends(Node node) throws Exception {
    try (Node friend = Node.withTls("friend", pki.node(folder.resolve("friend")))) {
      friend.tell(node, "from a friend");
      assertThat(node.hear()).isEqualTo("from a friend");
    }
  }

  @Test
  void aPeerWithoutTlsIsRefused() throws Exception {
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("a")));
        Node stranger = Node.plain("stranger")) {
      stranger.tell(node, "from a stranger");

      String line = log.await("an incoming connection refused");
      assertThat(line).startsWith("WARN ").contains("is no TLS");
      assertHearsOnlyFriends(node);
    }
  }

  @Test
  void aPeerWithoutTlsIsNotSpokenTo() throws Exception {
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("a")));
        Node stranger = Node.plain("stranger");
        Node friend = Node.plain("friend")) {
      node.tell(stranger, "for a node");

      String line = log.await("connection to 127.0.0.1:" + stranger.port());
      assertThat(line).startsWith("WARN ").contains("or does not speak TLS");
      friend.tell(stranger, "without TLS");
      assertThat(stranger.hear()).isEqualTo("without TLS");
    }
  }

  @Test
  void aPeerThatIsNotThereIsNotBlamedForMore() throws Exception {
    Node gone = Node.plain("gone");
    String path = gone.path();
    int port = gone.port();
    gone.close();
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("a")))) {
      node.tell(path, "anyone?");

      assertThat(log.await("connection to 127.0.0.1:" + port)).contains("is down");
      assertHearsOnlyFriends(node);
    }
  }

  /** The stranger dials the node, the node dials the stranger: neither hears the other. */
  private void assertRefused(TlsSettings strangersFiles, String dialled, String dialling)
      throws Exception {
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("node")));
        Node stranger = Node.withTls("stranger", strangersFiles)) {
      stranger.tell(node, "from a stranger");
      if (!dialling.isEmpty()) {
        log.await("an incoming connection refused", dialling);
      }
      node.tell(stranger, "for a friend");
      log.await("connection to 127.0.0.1:" + stranger.port() + " refused", dialled);
      assertHearsOnlyFriends(node);
    }
  }

  @Test
  void anotherAuthoritysPeerIsRefused() throws Exception {
    Pki others = Pki.create("another");
    assertRefused(others.node(folder.resolve("others")), notSigned(), "");
  }

  @Test
  void anotherAuthoritysPeerThatTrustsOursIsRefused() throws Exception {
    // It takes the node for a peer, so it is for the node alone to refuse.
    assertRefused(trustingBoth(Pki.create("another")), notSigned(), notSigned());
  }

  @Test
  void anAuthorityIsNotKnownByItsName() throws Exception {
    assertRefused(trustingBoth(Pki.create()), notSigned(), notSigned());
  }

  private String notSigned() {
    return "is not signed by an authority in " + folder.resolve("node").resolve("ca.pem");
  }

  private TlsSettings trustingBoth(Pki others) throws IOException {
    TlsSettings files = others.node(folder.resolve("others"));
    Files.writeString(
        files.authority(),
        Files.readString(files.authority())
            + Files.readString(pki.node(folder.resolve("ours")).authority()));
    return files;
  }

  @Test
  void aPeerWhoseCertificateIsForOneSideOnlyIsRefused() throws Exception {
    // A node of ours would refuse such files at its own start.
    Instant now = Instant.now();
    TlsSettings files = pki.node(folder.resolve("stranger"));
    Issued serverOnly =
        pki.authority()
            .issue(
                Pki.LOOPBACK,
                now.minusSeconds(1),
                now.plus(Pki.HOUR),
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("node")))) {
      RawPeer.dial(files, serverOnly, node.port());
      log.await("an incoming connection refused", "is not for clientAuth");
    }
  }

  @Test
  void aPeerWithAnExpiredCertificateIsRefused() throws Exception {
    Issued expired =
        pki.authority()
            .issue(
                Pki.LOOPBACK,
                Instant.now().minus(Duration.ofDays(2)),
                Instant.now().minus(Duration.ofHours(1)));
    TlsSettings files = pki.node(folder.resolve("stranger"));
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("node")))) {
      RawPeer.dial(files, expired, node.port());
      assertThat(log.await("an incoming connection refused", "has expired", "compare the clocks"))
          .startsWith("WARN ");
      assertHearsOnlyFriends(node);
    }
  }

  @Test
  void aPeerWithoutACertificateIsRefused() throws Exception {
    TlsSettings files = pki.node(folder.resolve("stranger"));
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("node")))) {
      RawPeer.dialWithoutCertificate(files, node.port());
      log.await("an incoming connection refused", "showed no certificate");
    }
  }

  @Test
  void onlyTls13IsSpoken() throws Exception {
    TlsSettings files = pki.node(folder.resolve("stranger"));
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("node")))) {
      RawPeer.dialOver("TLSv1.2", files, node.port());
      log.await("an incoming connection refused", "TLSv1.3");
      assertHearsOnlyFriends(node);
    }
  }

  @Test
  void aPeerWhoseNameIsNotTheOneDialledIsNotSpokenTo() throws Exception {
    try (LogLines log = new LogLines();
        Node node = Node.withTls("node", pki.node(folder.resolve("node")));
        Node elsewhere =
            Node.withTls(
                "elsewhere", pki.node(folder.resolve("elsewhere"), Host.of("other.example")))) {
      node.tell(elsewhere, "for loopback");

      String line = log.await("connection to 127.0.0.1:" + elsewhere.port());
      assertThat(line).contains("which was dialled: it is for [other.example]");
      // It hears its own words, and nothing before them.
      elsewhere.tell(elsewhere, "to itself");
      assertThat(elsewhere.hear()).isEqualTo("to itself");
    }
  }

  @Test
  void newFilesAreUsedForNewConnections() throws Exception {
    TlsSettings files = pki.node(folder.resolve("a"));
    TlsSettings peers = pki.node(folder.resolve("b"));
    try (LogLines log = new LogLines();
        Node a = Node.withTls("a", files);
        Node b = Node.withTls("b", peers)) {
      b.tell(a, "before");
      assertThat(a.hear()).isEqualTo("before");
      Object first = RawPeer.certificateOf(peers, a.port());

      Issued second = pki.authority().issue(Pki.LOOPBACK, Instant.now(), Pki.HOUR);
      pki.write(folder.resolve("a"), second);

      assertThat(RawPeer.certificateOf(peers, a.port()))
          .isEqualTo(second.certificate())
          .isNotEqualTo(first);
      log.await("INFO ", "new TLS files are in use");
      b.tell(a, "after");
      assertThat(a.hear()).isEqualTo("after");

      Files.writeString(files.certificate(), "-----BEGIN CERT");
      assertThat(RawPeer.certificateOf(peers, a.port())).isEqualTo(second.certificate());
      assertThat(RawPeer.certificateOf(peers, a.port())).isEqualTo(second.certificate());
      assertThat(log.await("ERROR ", files.certificate().toString()))
          .contains("holds no certificate", "stay in use");
      assertThat(log.all()).filteredOn(line -> line.startsWith("ERROR")).hasSize(1);
      assertHearsOnlyFriends(a);
    }
  }

  @Test
  void aNodeWithoutUsableFilesDoesNotStart() throws IOException {
    TlsSettings files = pki.node(folder.resolve("a"));
    Files.delete(files.key());

    assertThatThrownBy(() -> Node.withTls("a", files))
        .rootCause()
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Node.withTls("a", files))
        .hasStackTraceContaining(files.key() + ": there is no such file");
  }
}
