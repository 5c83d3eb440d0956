package org.planloop.tls;

import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a node lets in: what PKIX validation against the authorities accepts (and, where this node
 * dialled, whose certificate names the host dialled), if its certificate also says itself that it
 * is for this use. Java's own validation takes a certificate without extended key usage for any
 * use, and one without host names for its subject's common name; then one that the authority signed
 * for something else would open the cluster.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private interface Check {
    void run() throws CertificateException;
  }

  private static final Set<CertPathValidatorException.Reason> NO_AUTHORITY =
      Set.of(PKIXReason.NO_TRUST_ANCHOR, BasicReason.INVALID_SIGNATURE);

  private final X509ExtendedTrustManager validation;
  private final Path authority;

  /**
   * @param validation PKIX against the authorities alone
   * @param authority the file that they come from, for messages
   */
  PeerTrust(X509ExtendedTrustManager validation, Path authority) {
    this.validation = validation;
    this.authority = authority;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    check(chain, Usage.CLIENT, null, () -> validation.checkClientTrusted(chain, kind, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    String dialled = engine.getPeerHost();
    check(chain, Usage.SERVER, dialled, () -> validation.checkServerTrusted(chain, kind, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    throw withoutEngine();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    throw withoutEngine();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw withoutEngine();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw withoutEngine();
  }

  /** Without an engine nothing tells the host dialled. */
  private static CertificateException withoutEngine() {
    return new CertificateException("only connections through engines are checked");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return validation.getAcceptedIssuers();
  }

  private void check(X509Certificate[] chain, Usage usage, @Nullable String dialled, Check check)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      throw new PeerRefusedException(why(chain[0], usage, dialled, e), e);
    }
    if (!usage.isAllowedBy(chain[0])) {
      throw new PeerRefusedException(notFor(usage, chain[0]));
    }
    if (dialled != null && !isAddress(dialled) && Names.hostNames(chain[0]).isEmpty()) {
      throw new PeerRefusedException(notDialled(chain[0], dialled, "its subject does not count"));
    }
  }

  private static boolean isAddress(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }

  private String why(
      X509Certificate peer, Usage usage, @Nullable String dialled, CertificateException error) {
    String whose = "the peer's certificate (" + Names.subject(peer) + ") ";
    if (hasCause(error, CertificateExpiredException.class)) {
      return whose
          + "or its authority's has expired (its own is valid until "
          + peer.getNotAfter().toInstant()
          + "); renew it there, and compare the clocks";
    }
    if (hasCause(error, CertificateNotYetValidException.class)) {
      return whose
          + "or its authority's is not valid yet (its own is valid from "
          + peer.getNotBefore().toInstant()
          + "); compare the clocks";
    }
    if (isOfNoAuthority(error)) {
      return whose
          + "is not signed by an authority in "
          + authority
          + " but issued by "
          + Names.issuer(peer)
          + "; is it a node of another cluster?";
    }
    if (!usage.isAllowedBy(peer)) {
      return notFor(usage, peer);
    }
    String reason = Names.clean(String.valueOf(error.getMessage()));
    if (dialled != null) {
      return notDialled(peer, dialled, reason);
    }
    return whose + "is not accepted: " + reason;
  }

  private static String notDialled(X509Certificate peer, String dialled, String reason) {
    return "the peer's certificate ("
        + Names.subject(peer)
        + ") is not accepted for "
        + dialled
        + ", which was dialled: it is for "
        + Names.hosts(peer)
        + " ("
        + reason
        + "); issue one for the name or address that is dialled";
  }

  private static String notFor(Usage usage, X509Certificate peer) {
    return "the peer's certificate ("
        + Names.subject(peer)
        + ") is not for "
        + usage
        + "; issue one whose extended key usage has serverAuth and clientAuth";
  }

  /** No path to an authority, or one by its name alone and not by its key. */
  private static boolean isOfNoAuthority(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException
          || (cause instanceof CertPathValidatorException invalid
              && NO_AUTHORITY.contains(invalid.getReason()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCause(Throwable error, Class<? extends Throwable> type) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }
}
