package org.planloop.deploy.cluster;

import static org.planloop.data.InvalidInputException.check;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.planloop.data.InvalidInputException;

/**
 * Where a process listens, and as what others reach it. In a container these differ: it listens to
 * its own address and is dialled by a name that it cannot look up yet when it starts.
 *
 * @param reached the name or address that others dial
 * @param here the address of this machine to listen to; empty for what {@code reached} resolves to
 */
public record Listening(HostPort reached, Optional<String> here) {
  /** Stands in a name for the address listened to, with hyphens: so DNS calls a service's pods. */
  static final String ADDRESS = "{address}";

  private static final String LITERAL = "\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*";

  /** Listens to the address that it is reached by. */
  public static Listening to(HostPort reached) {
    return new Listening(reached, Optional.empty());
  }

  /**
   * Reads two options.
   *
   * @param reached {@code HOST} or {@code HOST:PORT}, of which {@code {address}} may be a part
   * @param here an IP address; empty if it was not given
   * @param lowestPort 0 where the system may choose one
   * @throws InvalidInputException naming the option
   */
  public static Listening parse(
      String reachedOption,
      String reached,
      String hereOption,
      Optional<String> here,
      int lowestPort) {
    here.ifPresent(address -> literal(hereOption, address));
    String name = reached;
    if (reached.contains(ADDRESS)) {
      String address =
          here.orElseThrow(
              () ->
                  new InvalidInputException(
                      reachedOption
                          + " "
                          + reached
                          + ": "
                          + ADDRESS
                          + " stands for the address given with "
                          + hereOption
                          + ", and there is none"));
      check(
          !literal(hereOption, address).isAnyLocalAddress(),
          hereOption,
          address,
          "all addresses have no name; give the one that " + ADDRESS + " stands for");
      name = reached.replace(ADDRESS, address.replace('.', '-').replace(':', '-'));
    }
    return new Listening(HostPort.parse(reachedOption, name, lowestPort), here);
  }

  private static InetAddress literal(String option, String address) {
    check(
        address.matches(LITERAL),
        option,
        address,
        "must be an IP address of this machine, or 0.0.0.0 for all");
    try {
      return InetAddress.getByName(address); // A literal: parsed, not looked up.
    } catch (UnknownHostException e) {
      throw InvalidInputException.setting(option, address, "is no IP address");
    }
  }

  /**
   * Beyond this machine nodes prove who they are.
   *
   * @throws InvalidInputException if the address cannot be told, or is not this machine's own while
   *     there are no certificates
   */
  void requireTls(String option, boolean tls) {
    InetAddress address;
    try {
      address = InetAddress.getByName(here.orElse(reached.host()));
    } catch (UnknownHostException e) {
      throw new InvalidInputException(
          option
              + " "
              + reached
              + ": the name "
              + reached.host()
              + " does not resolve here; give an address, or a name that DNS or /etc/hosts has",
          e);
    }
    check(
        tls || address.isLoopbackAddress(),
        option,
        reached,
        "others could reach this address, and without certificates nobody knows who they are; make"
            + " some with 'planloop certs' and name their folder with --tls, or use 127.0.0.1");
  }
}
