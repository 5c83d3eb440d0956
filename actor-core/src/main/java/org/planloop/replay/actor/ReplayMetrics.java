package org.planloop.replay.actor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.planloop.data.Provenance;
import org.planloop.replay.Quarantined;
import org.planloop.replay.ReplayStore;

/** Figures of one replay shard. */
public final class ReplayMetrics {
  private final Map<Provenance, AtomicLong> rows = new EnumMap<>(Provenance.class);
  private final AtomicLong bytes;
  private final AtomicLong quarantined;
  private final Counter appends;
  private final Counter duplicates;
  private final Counter refusals;
  private final Counter busy;
  private final Counter rowsRead;
  private final Timer commits;

  /**
   * @param shard tells the shards of a process apart
   */
  public ReplayMetrics(MeterRegistry registry, int shard) {
    String tag = Integer.toString(shard);
    for (Provenance side : Provenance.values()) {
      AtomicLong count = new AtomicLong();
      Gauge.builder("planloop.replay.rows", count, AtomicLong::doubleValue)
          .strongReference(true)
          .tags("shard", tag, "side", side.name().toLowerCase(Locale.ROOT))
          .register(registry);
      rows.put(side, count);
    }
    bytes = gauge(registry, "planloop.replay.bytes", tag);
    quarantined = gauge(registry, "planloop.replay.quarantined.bytes", tag);
    appends = registry.counter("planloop.replay.appends", "shard", tag);
    duplicates = registry.counter("planloop.replay.duplicates", "shard", tag);
    refusals = registry.counter("planloop.replay.refusals", "shard", tag);
    busy = registry.counter("planloop.replay.busy", "shard", tag);
    rowsRead = registry.counter("planloop.replay.rows.read", "shard", tag);
    commits =
        Timer.builder("planloop.replay.commit")
            .tag("shard", tag)
            .publishPercentiles(0.5, 0.99)
            .register(registry);
  }

  private static AtomicLong gauge(MeterRegistry registry, String name, String shard) {
    AtomicLong value = new AtomicLong();
    Gauge.builder(name, value, AtomicLong::doubleValue)
        .strongReference(true)
        .tag("shard", shard)
        .register(registry);
    return value;
  }

  void stored(ReplayStore store) {
    rows.forEach((side, count) -> count.set(store.rows(side)));
    bytes.set(store.bytes());
    quarantined.set(store.quarantined().stream().mapToLong(Quarantined::bytes).sum());
  }

  void answered(ReplayShard.AppendReply reply) {
    if (reply instanceof ReplayShard.Appended appended) {
      (appended.duplicate() ? duplicates : appends).increment();
    } else if (reply instanceof ReplayShard.Busy || reply instanceof ReplayShard.Unavailable) {
      busy.increment();
    } else {
      refusals.increment();
    }
  }

  Timer commits() {
    return commits;
  }

  void read(int count) {
    rowsRead.increment(count);
  }
}
