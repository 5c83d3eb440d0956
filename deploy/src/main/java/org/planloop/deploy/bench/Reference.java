package org.planloop.deploy.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a figure is held against, in its unit.
 *
 * @param what the limit or the peer
 * @param value its value, measured in the same run
 * @param timesAsFast how many times as fast as a peer we are, from blocks taken in turn; empty for
 *     a limit
 * @param samples a peer's, in the figure's unit, in the order in which they were taken
 */
public record Reference(
    String what, double value, Optional<PairedRatio> timesAsFast, List<Double> samples) {
  public Reference {
    samples = List.copyOf(samples);
  }

  /** A limit, or anything that was measured but not in turn. */
  public Reference(String what, double value) {
    this(what, value, Optional.empty(), List.of());
  }
}
