package org.planloop.cluster;

import java.util.Set;

/** Tells a node whose cluster has lost its trainer to another one. Pure. */
public final class WrongCluster {
  private WrongCluster() {}

  /**
   * Whether a node is in the wrong cluster: its own has no trainer, and another has one and does
   * not know the node.
   *
   * @param own roles of the members of its own cluster
   * @param other roles of the members of a cluster that answers under a seed's address
   * @param known whether that cluster counts the node among its members
   */
  public static boolean is(Set<String> own, Set<String> other, boolean known) {
    return !known && !own.contains(Roles.TRAINER) && other.contains(Roles.TRAINER);
  }
}
