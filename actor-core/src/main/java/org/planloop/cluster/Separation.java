package org.planloop.cluster;

/**
 * What a node does when it cannot reach others. Pure.
 *
 * <p>Nothing that must not be lost rests on membership: jobs are leases, replay files are fenced by
 * epochs, trainer and shards have fixed identities. So no side of a separation has to die for
 * another's sake, and the loss of any one node stops nobody else: each side removes what it cannot
 * reach and goes on. When the sides meet again, the one without the trainer starts anew and joins
 * the other.
 */
final class Separation {
  private Separation() {}

  /** The side that a node sees. */
  record Side(int reachableMembers, boolean trainer) {}

  /**
   * Whether a node that others have removed starts anew: unless the trainer is on its side and is
   * not alone there, for then the others are those who come back.
   */
  static boolean startsAnew(Side side) {
    return !side.trainer() || side.reachableMembers() < 2;
  }
}
