package org.planloop.tls;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;

/** Says in one line why a connection did not come about. */
final class Refusals {
  private final RepeatedLines lines;
  private final Consumer<String> log;

  Refusals(LongSupplier nanoTime, Consumer<String> log) {
    this.lines = new RepeatedLines(nanoTime);
    this.log = log;
  }

  /**
   * @param connection which one, for example {@code connection to 10.0.0.1:2551}
   */
  void report(String connection, SSLException error) {
    lines.admit("TLS: " + connection + " refused: " + why(error)).ifPresent(log);
  }

  /** A connection that this node dialled, whose handshake is not done after a while. */
  void reportUnanswered(String connection) {
    // The remoting makes an engine before there is a connection: the peer may not even be there.
    lines
        .admit(
            "TLS: "
                + connection
                + " came to nothing: the handshake was not answered; the node there is down, cannot"
                + " be reached, or does not speak TLS")
        .ifPresent(log);
  }

  /** A connection that the peer closed before both ends had shown their certificates. */
  void reportClosed(String connection) {
    lines
        .admit(
            "TLS: "
                + connection
                + " came to nothing: the peer hung up in the handshake; its log says why, unless"
                + " something only looked whether the port is open")
        .ifPresent(log);
  }

  private static String why(SSLException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof PeerRefusedException) {
        return String.valueOf(cause.getMessage());
      }
    }
    String message = Names.clean(String.valueOf(error.getMessage()));
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("unrecognized ssl message") || lower.contains("plaintext")) {
      return "what the peer sent is no TLS ("
          + message
          + "); give it a certificate, or is it"
          + " another program?";
    }
    if (lower.contains("received fatal alert")) {
      return "the peer did not accept this node's certificate or protocol ("
          + message
          + "); its log says why";
    }
    if (lower.contains("empty client certificate chain")) {
      return "the peer showed no certificate that an authority of this node signed ("
          + message
          + "); give it one, or is it a node of another cluster?";
    }
    return message;
  }
}
