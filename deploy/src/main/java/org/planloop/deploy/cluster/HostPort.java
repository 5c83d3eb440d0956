package org.planloop.deploy.cluster;

import java.util.ArrayList;
import java.util.List;
import org.planloop.data.InvalidInputException;

/**
 * Where a node listens.
 *
 * @param host a name or an address; IPv6 without brackets
 */
public record HostPort(String host, int port) {
  /** The port where none is named. */
  public static final int PORT = 25520;

  /**
   * Reads {@code HOST}, {@code HOST:PORT} or {@code [IPV6]:PORT}.
   *
   * @param option that the text was given with, for messages
   * @param lowestPort 0 where the system may choose one
   * @throws InvalidInputException naming option and text
   */
  public static HostPort parse(String option, String text, int lowestPort) {
    String host = text.strip();
    int port = PORT;
    int colon = host.lastIndexOf(':');
    boolean bare = host.indexOf(':') != colon && !host.startsWith("[");
    if (colon >= 0 && !bare && host.indexOf(']') < colon) {
      port = port(option, text, host.substring(colon + 1), lowestPort);
      host = host.substring(0, colon);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!host.matches(
        "[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
      throw InvalidInputException.setting(
          option, text, "must be a host name or an address, with :PORT behind it or without");
    }
    return new HostPort(host, port);
  }

  private static int port(String option, String text, String digits, int lowest) {
    int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : -1;
    if (port < lowest || port > 65_535) {
      throw InvalidInputException.setting(
          option, text, "the port must be from " + lowest + " to 65535");
    }
    return port;
  }

  /**
   * Reads a list, separated by commas.
   *
   * @throws InvalidInputException if one of them is wrong, or there is none
   */
  public static List<HostPort> list(String option, String text) {
    List<HostPort> all = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      all.add(parse(option, one, 1));
    }
    return List.copyOf(all);
  }

  /** As it stands in an address. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
