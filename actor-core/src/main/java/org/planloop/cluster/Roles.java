package org.planloop.cluster;

import java.util.Collection;
import java.util.OptionalInt;

/** What a node of a cluster carries; the names are cluster roles. */
public final class Roles {
  /** Campaigns, the dispatcher and the fits: one node of a cluster. */
  public static final String TRAINER = "trainer";

  /** A replay shard; its node has {@link #shard} as well. */
  public static final String REPLAY = "replay";

  /** Rollouts. */
  public static final String WORKER = "worker";

  /** A trainer or replay node of a cluster in which {@link LeaseDowning} decides. */
  public static final String CORE = "core";

  private static final String SHARD = "shard-";

  private Roles() {}

  /** Whether a node with these roles is a trainer or a replay shard: one that campaigns rest on. */
  public static boolean areCore(Collection<String> roles) {
    return roles.contains(TRAINER) || roles.contains(REPLAY);
  }

  /** The fixed identity of a replay node. */
  public static String shard(int number) {
    return SHARD + number;
  }

  /** The number in a role that {@link #shard} makes; empty for any other role. */
  public static OptionalInt shardNumber(String role) {
    return role.matches(SHARD + "[0-9]{1,4}")
        ? OptionalInt.of(Integer.parseInt(role.substring(SHARD.length())))
        : OptionalInt.empty();
  }
}
