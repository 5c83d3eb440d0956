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
 * @param joining how it finds its cluster
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
    Joining joining,
    Path data,
    int shard,
    int workers,
    Optional<Path> tls,
    Optional<StoreSettings> objectStore) {
  /** The cluster's name where none is given. */
  public static final String CLUSTER = "planloop";

  public NodeSettings {
    roles = Set.copyOf(roles);
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
        objectStore.isEmpty() || Roles.areCore(roles),
        "--object-store",
        objectStore.map(StoreSettings::location).map(Object::toString).orElse(""),
        "is for trainers and replay nodes; workers keep nothing, so leave it out");
    if (joining.resolver() == Joining.Resolver.LEASE && Roles.areCore(roles)) {
      // The first seed that starts again while it is cut off would begin a second cluster.
      check(
          joining instanceof Joining.Kubernetes,
          "--resolver",
          "lease",
          "with --seeds it is for workers alone; trainers and replay nodes need --join kubernetes");
    }
  }

  /** Joins by name; copied nowhere. */
  public NodeSettings(
      String cluster,
      Set<String> roles,
      Listening listening,
      List<HostPort> seeds,
      Path data,
      int shard,
      int workers,
      Optional<Path> tls) {
    this(
        cluster,
        roles,
        listening,
        new Joining.Seeds(seeds, Joining.Resolver.SEPARATION),
        data,
        shard,
        workers,
        tls,
        Optional.empty());
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
        cluster, roles, listening, joining, data, shard, workers, tls, Optional.of(store));
  }

  /** As the others reach it. */
  public HostPort bind() {
    return listening.reached();
  }

  /** Whether it keeps what must not be lost: a trainer or a replay node. */
  public boolean core() {
    return Roles.areCore(roles);
  }

  boolean has(String role) {
    return roles.contains(role);
  }
}
