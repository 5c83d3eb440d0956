package org.planloop.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.certs.Pki;

/** What is asked of a peer beyond Java's own validation. */
class PeerTrustTest {
  /** Java's validation, as lenient as it can be. */
  private static final class TakesAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private final Pki pki = Pki.create();
  private final PeerTrust trust = new PeerTrust(new TakesAll(), Path.of("ca.pem"));

  private static SSLEngine dialling(String host) throws NoSuchAlgorithmException {
    return SSLContext.getDefault().createSSLEngine(host, 2551);
  }

  private X509Certificate[] chainFor(String host) {
    return new X509Certificate[] {pki.issue(host).certificate()};
  }

  @Test
  void aNameInTheSubjectDoesNotCount() throws Exception {
    SSLEngine engine = dialling("node-1");
    assertThatThrownBy(() -> trust.checkServerTrusted(chainFor("10.0.0.1"), "EC", engine))
        .isInstanceOf(PeerRefusedException.class)
        .hasMessageContaining("not accepted for node-1, which was dialled: it is for [10.0.0.1]");
    assertThatCode(() -> trust.checkServerTrusted(chainFor("node-1"), "EC", engine))
        .doesNotThrowAnyException();
    SSLEngine address = dialling("10.0.0.1");
    assertThatCode(() -> trust.checkServerTrusted(chainFor("10.0.0.1"), "EC", address))
        .doesNotThrowAnyException();
  }

  @Test
  void aCertificateWithoutUsageIsForNone() throws Exception {
    SSLEngine engine = dialling("node");
    X509Certificate[] authority = {pki.authority().certificate()};

    assertThatThrownBy(() -> trust.checkServerTrusted(authority, "EC", engine))
        .isInstanceOf(PeerRefusedException.class)
        .hasMessageContaining("is not for serverAuth");
    assertThatThrownBy(() -> trust.checkClientTrusted(authority, "EC", engine))
        .hasMessageContaining("is not for clientAuth");
  }

  @Test
  void withoutAnEngineNobodyIsTrusted() {
    X509Certificate[] chain = chainFor("node");
    assertThatThrownBy(() -> trust.checkServerTrusted(chain, "EC"))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trust.checkClientTrusted(chain, "EC"))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trust.checkServerTrusted(chain, "EC", (Socket) null))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trust.checkClientTrusted(chain, "EC", (Socket) null))
        .isInstanceOf(CertificateException.class);
  }
}
