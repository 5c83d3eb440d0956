package org.planloop.replay.actor;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.planloop.data.Provenance;
import org.planloop.metrics.Meters;
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

  /** Of a shard in a process that has one campaign. */
  public ReplayMetrics(MeterRegistry registry, int shard) {
    this(registry, "run", shard);
  }

  /**
   * @param campaign tells the campaigns of a process apart
   * @param shard tells its shards apart
   */
  public ReplayMetrics(MeterRegistry registry, String campaign, int shard) {
    Tags tag = Tags.of("campaign", campaign, "shard", Integer.toString(shard));
    for (Provenance side : Provenance.values()) {
      AtomicLong count = new AtomicLong();
      Meters.gauge(
          registry,
          "planloop.replay.rows",
          "transitions stored",
          tag.and("side", side.name().toLowerCase(Locale.ROOT)),
          count::get);
      rows.put(side, count);
    }
    bytes = gauge(registry, "planloop.replay.bytes", "size of the replay files", tag);
    quarantined =
        gauge(
            registry,
            "planloop.replay.quarantined.bytes",
            "damaged bytes set aside; 0 on a sound disk",
            tag);
    appends =
        Meters.counter(
            registry, "planloop.replay.appends", "chunks of rows stored and confirmed", tag);
    duplicates =
        Meters.counter(
            registry,
            "planloop.replay.duplicates",
            "chunks that came again, confirmed and not stored twice",
            tag);
    refusals =
        Meters.counter(
            registry,
            "planloop.replay.refusals",
            "chunks of an older attempt of the campaign, or that do not fit it",
            tag);
    busy =
        Meters.counter(
            registry,
            "planloop.replay.busy",
            "chunks that were to be sent again: too many at once, or the disk took none",
            tag);
    rowsRead =
        Meters.counter(
            registry, "planloop.replay.rows.read", "transitions handed to the trainer", tag);
    commits =
        Timer.builder("planloop.replay.commit")
            .description("writing a group of chunks to the disk")
            .tags(tag)
            .publishPercentiles(0.5, 0.99)
            .register(registry);
  }

  private static AtomicLong gauge(MeterRegistry registry, String name, String help, Tags shard) {
    AtomicLong value = new AtomicLong();
    Meters.gauge(registry, name, help, shard, value::get);
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
