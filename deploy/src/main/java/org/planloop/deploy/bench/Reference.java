package org.planloop.deploy.bench;

import java.util.Optional;

/**
 * What a figure is held against, in its unit.
 *
 * @param what the limit or the peer
 * @param value its value, measured in the same run
 * @param timesAsFast how many times as fast as a peer we are, from blocks taken in turn; empty for
 *     a limit
 */
public record Reference(String what, double value, Optional<PairedRatio> timesAsFast) {
  /** A limit, or anything that was measured but not in turn. */
  public Reference(String what, double value) {
    this(what, value, Optional.empty());
  }
}
