package org.planloop.tls;

import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * An engine that reports the first failure of its connection and is otherwise the one it wraps.
 * Nothing else sees all of them: the remoting logs some failures without their reason and others
 * not at all.
 */
final class ReportingEngine extends SSLEngine {
  private interface Step<T> {
    T run() throws SSLException;
  }

  /** Between machines a handshake takes milliseconds. */
  private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

  private final SSLEngine engine;
  private final String connection;
  private final Refusals refusals;
  private volatile boolean established;
  private volatile boolean reported;
  private final long madeAt;

  /**
   * @param connection how it is called in the report
   * @param madeAt now, in {@link System#nanoTime}'s measure
   */
  ReportingEngine(SSLEngine engine, String connection, Refusals refusals, long madeAt) {
    super(engine.getPeerHost(), engine.getPeerPort());
    this.engine = engine;
    this.connection = connection;
    this.refusals = refusals;
    this.madeAt = madeAt;
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target)
      throws SSLException {
    return watched(() -> engine.wrap(sources, offset, length, target));
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length)
      throws SSLException {
    return watched(() -> engine.unwrap(source, targets, offset, length));
  }

  private SSLEngineResult watched(Step<SSLEngineResult> step) throws SSLException {
    try {
      SSLEngineResult result = step.run();
      if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
        established = true;
      }
      return result;
    } catch (SSLException e) {
      if (!reported) {
        reported = true;
        refusals.report(connection, e);
      }
      throw e;
    }
  }

  /** Whether the ends still speak of who they are, or one of them went away meanwhile. */
  boolean isUndecided() {
    return !established && !reported;
  }

  /**
   * Reports an engine that was made long enough ago and has no handshake done: the remoting does
   * not tell an engine that its connection broke off.
   *
   * @return whether this connection has been reported
   */
  boolean reportIfUnanswered(long now) {
    if (isUndecided() && now - madeAt >= PATIENCE) {
      reported = true;
      refusals.reportUnanswered(connection);
    }
    return reported;
  }

  @Override
  public void beginHandshake() throws SSLException {
    engine.beginHandshake();
  }

  @Override
  public void closeInbound() throws SSLException {
    // Once established, a connection may break off as connections do.
    if (isUndecided() && !engine.isInboundDone()) {
      reported = true;
      refusals.reportClosed(connection);
    }
    engine.closeInbound();
  }

  @Override
  public @Nullable Runnable getDelegatedTask() {
    return engine.getDelegatedTask();
  }

  @Override
  public void closeOutbound() {
    engine.closeOutbound();
  }

  @Override
  public boolean isInboundDone() {
    return engine.isInboundDone();
  }

  @Override
  public boolean isOutboundDone() {
    return engine.isOutboundDone();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return engine.getSupportedCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return engine.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    engine.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedProtocols() {
    return engine.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return engine.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    engine.setEnabledProtocols(protocols);
  }

  @Override
  public SSLSession getSession() {
    return engine.getSession();
  }

  @Override
  public @Nullable SSLSession getHandshakeSession() {
    return engine.getHandshakeSession();
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return engine.getHandshakeStatus();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    engine.setUseClientMode(mode);
  }

  @Override
  public boolean getUseClientMode() {
    return engine.getUseClientMode();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    engine.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return engine.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    engine.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return engine.getWantClientAuth();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    engine.setEnableSessionCreation(flag);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return engine.getEnableSessionCreation();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return engine.getSSLParameters();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    engine.setSSLParameters(parameters);
  }

  @Override
  public @Nullable String getApplicationProtocol() {
    return engine.getApplicationProtocol();
  }

  @Override
  public @Nullable String getHandshakeApplicationProtocol() {
    return engine.getHandshakeApplicationProtocol();
  }
}
