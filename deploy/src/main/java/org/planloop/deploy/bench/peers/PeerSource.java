package org.planloop.deploy.bench.peers;

/** Whoever gives samples of peers. */
@FunctionalInterface
public interface PeerSource {
  /**
   * Samples of a peer's work, or why there are none.
   *
   * @param samples how many
   */
  PeerAnswer ask(Peer peer, int samples);
}
