package org.planloop.deploy.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.HostPort;

/**
 * Where a node's HTTP endpoint listens, and who may read it.
 *
 * @param address resolved
 * @param token that requests must show; empty on loopback only
 */
public record HttpSettings(InetSocketAddress address, Optional<Token> token) {
  private static final String OPTION = "--http";
  private static final String LOOPBACK = "127.0.0.1";

  /**
   * @param text {@code PORT} on loopback, or {@code HOST:PORT}; port 0 for any free one
   * @throws InvalidInputException if it is no such place, its name does not resolve, or others can
   *     reach it and there is no token
   */
  public static HttpSettings of(String text, Optional<Token> token) {
    String place = text.strip();
    if (!place.matches("\\d{1,5}|[^:]+:\\d{1,5}|\\[.+\\]:\\d{1,5}")) {
      throw InvalidInputException.setting(
          OPTION, text, "must be PORT, for " + LOOPBACK + " alone, or HOST:PORT");
    }
    HostPort host =
        HostPort.parse(OPTION, place.matches("\\d+") ? LOOPBACK + ":" + place : place, 0);
    try {
      return new HttpSettings(
          new InetSocketAddress(InetAddress.getByName(host.host()), host.port()), token);
    } catch (UnknownHostException e) {
      throw new InvalidInputException(
          OPTION
              + " "
              + text
              + ": the name "
              + host.host()
              + " does not resolve here; give an address of this machine, or 0.0.0.0 for all",
          e);
    }
  }

  public HttpSettings {
    if (token.isEmpty() && !address.getAddress().isLoopbackAddress()) {
      throw new InvalidInputException(
          OPTION
              + " "
              + address.getAddress().getHostAddress()
              + ":"
              + address.getPort()
              + ": others can reach this address, so whoever asks must show a token: name a file"
              + " that has one with --http-token-file, or listen on "
              + LOOPBACK);
    }
  }
}
