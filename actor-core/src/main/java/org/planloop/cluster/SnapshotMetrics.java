package org.planloop.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicInteger;
import org.planloop.metrics.Meters;

/** Figures of the policies of one campaign that a node holds. */
public final class SnapshotMetrics {
  private final AtomicInteger newest = new AtomicInteger(-1);
  private final AtomicInteger waiting = new AtomicInteger();

  /** Takes the place of an earlier attempt's. */
  public SnapshotMetrics(MeterRegistry registry, String campaign) {
    Tags tags = Tags.of("campaign", campaign);
    Meters.gauge(
        registry,
        "planloop.snapshot.version",
        "the newest policy's version on this node, -1 for none",
        tags,
        newest::get);
    Meters.gauge(
        registry,
        "planloop.snapshot.waiting",
        "policies that workers of this node wait for",
        tags,
        waiting::get);
  }

  /** Takes a campaign's figures away: the node has forgotten it. */
  public static void forget(MeterRegistry registry, String campaign) {
    Meters.forget(registry, "planloop.snapshot.", Tag.of("campaign", campaign));
  }

  void holds(int version) {
    newest.set(version);
  }

  void waitedFor(int versions) {
    waiting.set(versions);
  }
}
