package org.planloop.deploy.cluster;

import static org.planloop.data.InvalidInputException.check;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.planloop.cluster.Roles;
import org.planloop.data.InvalidInputException;

/**
 * What a node of a cluster is told when it starts.
 *
 * @param cluster the cluster's name: nodes of another never join
 * @param roles what the node carries
 * @param bind where it listens, under the name or address that the others reach it by
 * @param seeds nodes to join; the first of them begins a cluster where there is none
 * @param data folder of campaigns and replay files
 * @param shard the number of its replay shard
 * @param workers at once, 0 for one a core
 * @param tls folder with {@code node.key}, {@code node.pem} and {@code ca.pem}; empty only where
 *     nobody but this machine can reach it
 */
public record NodeSettings(
    String cluster,
    Set<String> roles,
    HostPort bind,
    List<HostPort> seeds,
    Path data,
    int shard,
    int workers,
    Optional<Path> tls) {
  /** The cluster's name where none is given. */
  public static final String CLUSTER = "planloop";

  public NodeSettings {
    roles = Set.copyOf(roles);
    seeds = List.copyOf(seeds);
    check(
        cluster.matches("[a-z][a-z0-9-]{0,62}"),
        "--cluster-name",
        cluster,
        "must be of lower-case letters, digits and hyphens, beginning with a letter");
    check(!roles.isEmpty(), "--roles", "", "must name one role or more: trainer, replay, worker");
    for (String role : roles) {
      check(
          Set.of(Roles.TRAINER, Roles.REPLAY, Roles.WORKER).contains(role),
          "--roles",
          role,
          "must be trainer, replay or worker");
    }
    check(shard >= 0 && shard < 1024, "--shard", shard, "must be from 0 to 1023");
    check(workers >= 0 && workers <= 4096, "--workers", workers, "must be from 0 to 4096");
    requireTls("--bind", bind, tls);
  }

  /**
   * Beyond this machine nodes prove who they are.
   *
   * @throws InvalidInputException if the host cannot be resolved, or is not this machine's own
   *     while there are no certificates
   */
  static void requireTls(String option, HostPort bind, Optional<Path> tls) {
    InetAddress address;
    try {
      address = InetAddress.getByName(bind.host());
    } catch (UnknownHostException e) {
      throw new InvalidInputException(
          option
              + " "
              + bind
              + ": the name "
              + bind.host()
              + " does not resolve here; give an address, or a name that DNS or /etc/hosts has",
          e);
    }
    check(
        tls.isPresent() || address.isLoopbackAddress(),
        option,
        bind,
        "others could reach this address, and without certificates nobody knows who they are; make"
            + " some with 'planloop certs' and name their folder with --tls, or use 127.0.0.1");
  }

  boolean has(String role) {
    return roles.contains(role);
  }
}
