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

  /** A connection whose ends have not shown one another their certificates. */
  void reportUnanswered(String connection) {
    lines
        .admit(
            "TLS: "
                + connection
                + " came to nothing: the peer did not finish the handshake or"
                + " closed the connection in it; does it speak TLS, and what does its log say?")
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
