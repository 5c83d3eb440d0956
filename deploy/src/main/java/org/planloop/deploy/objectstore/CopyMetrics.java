package org.planloop.deploy.objectstore;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.planloop.metrics.Meters;

/** Figures of a campaign's copies. */
public final class CopyMetrics {
  private final Timer copies;
  private final Counter failures;
  private final Counter bytes;
  private final AtomicLong iteration = new AtomicLong();
  private final AtomicLong failing = new AtomicLong();

  /**
   * @param campaign tells the campaigns of a process apart
   */
  public CopyMetrics(MeterRegistry registry, String campaign) {
    Tags tag = Tags.of("campaign", campaign);
    copies = Meters.timer(registry, "planloop.objectstore.copies", "whole copies", tag);
    failures =
        Meters.counter(
            registry, "planloop.objectstore.failures", "copies that did not succeed", tag);
    bytes = bytes(registry, campaign);
    Meters.gauge(
        registry,
        "planloop.objectstore.iteration",
        "the iteration of the newest whole copy",
        tag,
        iteration::get);
    Meters.gauge(
        registry,
        "planloop.objectstore.failing",
        "1 while the last copy has failed",
        tag,
        failing::get);
  }

  /** What was uploaded of a campaign, its run folder or its shards. */
  public static Counter bytes(MeterRegistry registry, String campaign) {
    return Meters.counter(
        registry, "planloop.objectstore.bytes", "bytes uploaded", Tags.of("campaign", campaign));
  }

  void copied(CheckpointName name, Duration took) {
    copies.record(took);
    iteration.set(name.iteration());
    failing.set(0);
  }

  void failed() {
    failures.increment();
    failing.set(1);
  }

  void stored(long count) {
    bytes.increment((double) count);
  }
}
