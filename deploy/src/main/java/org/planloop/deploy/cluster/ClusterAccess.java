package org.planloop.deploy.cluster;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.planloop.data.InvalidInputException;

/**
 * How somebody reaches a cluster.
 *
 * @param cluster its name
 * @param seeds nodes of it, of which one at least must answer
 * @param listening where answers are taken; empty for the address that leads to the first seed
 * @param tls folder with {@code node.key}, {@code node.pem} and {@code ca.pem}; empty only on the
 *     cluster's own machine
 */
public record ClusterAccess(
    String cluster, List<HostPort> seeds, Optional<Listening> listening, Optional<Path> tls) {
  public ClusterAccess {
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new InvalidInputException("--cluster: name one node at least, HOST or HOST:PORT");
    }
  }

  /**
   * Where answers are taken.
   *
   * @throws InvalidInputException if the seed's name does not resolve, or certificates are needed
   */
  Listening address() {
    Listening here = listening.orElseGet(() -> Listening.to(towardsSeed()));
    here.requireTls("--client-bind", tls.isPresent());
    return here;
  }

  private HostPort towardsSeed() {
    HostPort seed = seeds.get(0);
    try {
      InetAddress address = InetAddress.getByName(seed.host());
      if (address.isLoopbackAddress()) {
        return new HostPort(address.getHostAddress(), 0);
      }
      // Connecting a datagram socket sends nothing; it asks the system for the way.
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.connect(new InetSocketAddress(address, seed.port()));
        return new HostPort(socket.getLocalAddress().getHostAddress(), 0);
      }
    } catch (UnknownHostException e) {
      throw new InvalidInputException(
          "--cluster "
              + seed
              + ": the name "
              + seed.host()
              + " does not resolve here; give an address, or a name that DNS or /etc/hosts has",
          e);
    } catch (IOException e) {
      throw new InvalidInputException("--cluster " + seed + ": " + e.getMessage(), e);
    }
  }

  /** The seeds as they are given on a command line. */
  public String seedList() {
    return String.join(",", seeds.stream().map(HostPort::toString).toList());
  }
}
