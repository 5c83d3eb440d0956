package org.planloop.deploy.certs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.planloop.tls.PemFile;
import org.planloop.tls.TlsSettings;

/** A TLS client that shows whatever it is told to, written apart from the code under test. */
final class RawPeer {
  private static final int PATIENCE_MILLIS = 30_000;

  private RawPeer() {}

  /** The certificate that the server on a port shows. */
  static Certificate certificateOf(TlsSettings files, int port) throws Exception {
    try (SSLSocket socket = connect(context(files, own(files)), port, "TLSv1.3")) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  /** Shows a certificate and waits until the server hangs up. */
  static void dial(TlsSettings files, Issued shown, int port) throws Exception {
    speak(connect(context(files, shown), port, "TLSv1.3"));
  }

  static void dialWithoutCertificate(TlsSettings files, int port) throws Exception {
    speak(connect(context(files, null), port, "TLSv1.3"));
  }

  static void dialOver(String protocol, TlsSettings files, int port) throws Exception {
    speak(connect(context(files, own(files)), port, protocol));
  }

  private static Issued own(TlsSettings files) {
    return new Issued(
        PemFile.privateKey(files.key()), PemFile.certificates(files.certificate()).get(0));
  }

  private static SSLSocket connect(SSLContext context, int port, String protocol)
      throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** What is sent is not Artery's: a server that let this client in hangs up as well. */
  private static void speak(SSLSocket socket) throws IOException {
    try (socket) {
      socket.startHandshake();
      socket.getOutputStream().write("no such protocol".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (SSLException | SocketException e) {
      // An alert or a reset, as the race will have it; the server's log has the reason.
    }
  }

  private static SSLContext context(TlsSettings files, @Nullable Issued shown)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "authority",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(files.authority()))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManager[] keys = {};
    if (shown != null) {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", shown.key(), new char[0], new Certificate[] {shown.certificate()});
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own, new char[0]);
      keys = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }
}
