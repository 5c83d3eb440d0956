package org.planloop.deploy.certs;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.planloop.data.InvalidInputException;

/**
 * A machine as its peers dial it: a host name (RFC 1123) or an IP address; or all machines whose
 * names have one label before a common part ({@code *.nodes.example.org}). Nothing is looked up.
 *
 * @param name lower case; an IPv6 address without brackets
 */
public record Host(String name) {
  private static final int LONGEST_NAME = 253;
  private static final Pattern LABELS =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  /** With two labels behind it at least: what stands for a whole zone is not accepted by peers. */
  private static final Pattern WILDCARD = Pattern.compile("^\\*(?=\\.[^.]+\\.)");

  private static final Pattern ALL_DIGITS_LAST = Pattern.compile("(.*\\.)?[0-9]+");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");
  private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");

  /**
   * @throws InvalidInputException if it is neither a host name nor an address
   */
  public static Host of(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    boolean named =
        name.length() <= LONGEST_NAME
            && LABELS.matcher(WILDCARD.matcher(name).replaceFirst("a")).matches()
            && !ALL_DIGITS_LAST.matcher(name).matches();
    if (!named && address(name).isEmpty()) {
      throw new InvalidInputException(
          "--hosts: '"
              + text
              + "' is neither a host name (letters, digits, hyphens, dots; *. before two labels or"
              + " more) nor an IP address");
    }
    return new Host(name);
  }

  private static Optional<InetAddress> address(String name) {
    if (!IPV4.matcher(name).matches() && !IPV6_CHARACTERS.matcher(name).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(name)); // A literal: parsed, not looked up.
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** What its folder is called. */
  String folder() {
    return name.replace("*", "_wildcard");
  }

  /** Whether it is this machine as it dials itself. */
  boolean isLoopback() {
    return name.equals("localhost")
        || address(name).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /** The subject alternative names of its certificate. */
  List<GeneralName> alternativeNames() {
    List<GeneralName> names = new ArrayList<>();
    names.add(generalName());
    if (isLoopback()) {
      for (String other : List.of("localhost", "127.0.0.1", "::1")) {
        GeneralName loopback = new Host(other).generalName();
        if (!names.contains(loopback)) {
          names.add(loopback);
        }
      }
    }
    return names;
  }

  private GeneralName generalName() {
    return address(name)
        .map(a -> new GeneralName(GeneralName.iPAddress, new DEROctetString(a.getAddress())))
        .orElseGet(() -> new GeneralName(GeneralName.dNSName, name));
  }
}
