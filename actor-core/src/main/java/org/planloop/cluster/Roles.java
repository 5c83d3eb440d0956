package org.planloop.cluster;

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

  private Roles() {}

  /** The fixed identity of a replay node. */
  public static String shard(int number) {
    return "shard-" + number;
  }
}
