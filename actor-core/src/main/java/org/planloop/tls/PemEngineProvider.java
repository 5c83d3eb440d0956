package org.planloop.tls;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * What Pekko's remoting over {@code tls-tcp} asks for its engines. Named in the configuration by
 * {@link TlsSettings#toConfig}; Pekko makes one when a system starts, which fails with the reason
 * if the files cannot be used.
 */
public final class PemEngineProvider implements SSLEngineProvider {
  private static final Logger LOG = LoggerFactory.getLogger(PemEngineProvider.class);

  private static final int MOST_PEERS = 1000;

  private final RotatingEngines engines;
  private final Refusals refusals;

  /** One connection a peer, until it is known how it went: the next one reports it if never. */
  private final Map<String, ReportingEngine> dialled =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ReportingEngine> eldest) {
          return size() > MOST_PEERS;
        }
      };

  /**
   * @param system its settings name the files
   */
  public PemEngineProvider(ActorSystem system) {
    TlsSettings settings = TlsSettings.of(system.settings().config());
    engines = new RotatingEngines(settings, InstantSource.system(), System::nanoTime, LOG);
    refusals = new Refusals(System::nanoTime, LOG::warn);
  }

  @Override
  public SSLEngine createServerSSLEngine(String hostname, int port) {
    // Pekko tells the address that was bound, not the peer's.
    return new ReportingEngine(
        engines.current().server(), "an incoming connection", refusals, System.nanoTime());
  }

  @Override
  public SSLEngine createClientSSLEngine(String hostname, int port) {
    String address = hostname + ":" + port;
    long now = System.nanoTime();
    ReportingEngine engine =
        new ReportingEngine(
            engines.current().client(hostname, port), "connection to " + address, refusals, now);
    synchronized (dialled) {
      ReportingEngine before = dialled.get(address);
      if (before == null || !before.isUndecided() || before.reportIfUnanswered(now)) {
        dialled.put(address, engine);
      }
    }
    return engine;
  }

  @Override
  public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
    return verify(session);
  }

  @Override
  public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
    return verify(session);
  }

  /** The handshake has checked the peer; this holds should an engine ever skip it. */
  private static Option<Throwable> verify(SSLSession session) {
    try {
      session.getPeerCertificates();
      return Option.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Option.apply(e);
    }
  }
}
