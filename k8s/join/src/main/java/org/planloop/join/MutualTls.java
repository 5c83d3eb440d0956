package org.planloop.join;

import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.ConnectionContext;
import org.apache.pekko.http.javadsl.HttpsConnectionContext;
import org.planloop.tls.PemEngineProvider;

/**
 * The TLS that nodes speak to one another, for the question which cluster they are in: the same
 * files, the same checks. Pods are dialled by their addresses, which no certificate names; so a
 * pod's certificate must be for what {@code --bind '{address}...'} would call it.
 */
final class MutualTls {
  private final PemEngineProvider engines;
  private final String bind;

  /**
   * @param system its settings name the files
   * @param bind what others reach this node by
   */
  MutualTls(ActorSystem system, String bind) {
    this.engines = new PemEngineProvider(system);
    this.bind = bind;
  }

  HttpsConnectionContext server() {
    return ConnectionContext.httpsServer(() -> engines.createServerSSLEngine(bind, 0));
  }

  HttpsConnectionContext client() {
    return ConnectionContext.httpsClient(
        (host, port) -> engines.createClientSSLEngine(name(host, bind), port));
  }

  /**
   * What the certificate of a pod must be for.
   *
   * @param address the pod's
   * @param bind the name or address that this node is reached by
   * @return {@code 10-1-2-3.nodes.svc} for {@code 10.1.2.3} where this node is {@code
   *     NAME.nodes.svc}; the address itself where this node has no name in a domain
   */
  static String name(String address, String bind) {
    String plain = address.replaceAll("[\\[\\]]", "");
    int dot = bind.indexOf('.');
    if (dot < 0 || bind.matches("[0-9.]+|.*:.*")) {
      return plain;
    }
    return plain.replace('.', '-').replace(':', '-') + bind.substring(dot);
  }
}
