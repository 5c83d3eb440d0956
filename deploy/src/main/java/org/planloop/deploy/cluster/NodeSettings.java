package org.planloop.deploy.cluster;

import static org.planloop.data.InvalidInputException.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.planloop.cluster.Roles;
import org.planloop.deploy.objectstore.StoreSettings;

/**
 * What a node of a cluster is told when it starts.
 *
 * @param cluster the cluster's name: nodes of another never join
 * @param roles what the node carries
 * @param listening where it listens, and the name or address that the others reach it by
 * @param seeds nodes to join; the first of them begins a cluster where there is none
 * @param data folder of campaigns and replay files
 * @param shard the number of its replay shard
 * @param workers at once, 0 for one a core
 * @param tls folder with {@code node.key}, {@code node.pem} and {@code ca.pem}; empty only where
 *     nobody but this machine can reach it
 * @param objectStore where the campaigns of a trainer, and the shards of a replay node, are copied
 */
public record NodeSettings(
    String cluster,
    Set<String> roles,
    Listening listening,
    List<HostPort> seeds,
    Path data,
    int shard,
    int workers,
    Optional<Path> tls,
    Optional<StoreSettings> objectStore) {
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
    listening.requireTls("--bind", tls.isPresent());
    check(
        objectStore.isEmpty() || roles.contains(Roles.TRAINER) || roles.contains(Roles.REPLAY),
        "--object-store",
        objectStore.map(StoreSettings::location).map(Object::toString).orElse(""),
        "is for trainers and replay nodes; workers keep nothing, so leave it out");
  }

  /** Copied nowhere. */
  public NodeSettings(
      String cluster,
      Set<String> roles,
      Listening listening,
      List<HostPort> seeds,
      Path data,
      int shard,
      int workers,
      Optional<Path> tls) {
    this(cluster, roles, listening, seeds, data, shard, workers, tls, Optional.empty());
  }

  /** Listens to the address that the others reach it by. */
  public NodeSettings(
      String cluster,
      Set<String> roles,
      HostPort bind,
      List<HostPort> seeds,
      Path data,
      int shard,
      int workers,
      Optional<Path> tls) {
    this(cluster, roles, Listening.to(bind), seeds, data, shard, workers, tls);
  }

  /** Copied elsewhere. */
  NodeSettings copiedTo(StoreSettings store) {
    return new NodeSettings(
        cluster, roles, listening, seeds, data, shard, workers, tls, Optional.of(store));
  }

  /** As the others reach it. */
  public HostPort bind() {
    return listening.reached();
  }

  boolean has(String role) {
    return roles.contains(role);
  }
}
