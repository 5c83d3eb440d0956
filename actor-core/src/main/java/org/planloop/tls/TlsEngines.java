package org.planloop.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Makes the two ends of a connection for one identity: TLS 1.3 alone, both ends show a certificate,
 * and a client checks that the server's names the host that it dialled.
 */
final class TlsEngines {
  private static final String PROTOCOL = "TLSv1.3";

  /**
   * A resumed session is not checked again, so none outlives a certificate by more than this;
   * connections between nodes last, so full handshakes are few.
   */
  private static final int SESSION_SECONDS = 1;

  private final SSLContext context;

  /**
   * @param authority the file of the authorities, for messages
   */
  TlsEngines(NodeIdentity identity, Path authority) {
    try {
      context = SSLContext.getInstance(PROTOCOL);
      context.init(
          new KeyManager[] {new OwnKey(identity)},
          new TrustManager[] {new PeerTrust(validation(identity), authority)},
          null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot speak " + PROTOCOL, e);
    }
    context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
    context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
  }

  private static X509ExtendedTrustManager validation(NodeIdentity identity)
      throws GeneralSecurityException {
    PKIXBuilderParameters trust =
        new PKIXBuilderParameters(
            identity.authorities().stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet()),
            new X509CertSelector());
    trust.setRevocationEnabled(false);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(new CertPathTrustManagerParameters(trust));
    return Stream.of(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("no trust manager checks host names"));
  }

  /** The end that was dialled. */
  SSLEngine server() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {PROTOCOL});
    parameters.setNeedClientAuth(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /**
   * The end that dials.
   *
   * @param host the name or address that the server's certificate must be for
   */
  SSLEngine client(String host, int port) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {PROTOCOL});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return engine;
  }
}
