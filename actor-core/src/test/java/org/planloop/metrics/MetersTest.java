package org.planloop.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetersTest {
  @Test
  void runFilesNameMetersByComponentAndSlash() {
    MeterRegistry registry = Meters.simple();
    registry.counter("planloop.replay.rows.read", "shard", "0").increment(3);
    registry.counter("planloop.replay.rows.read", "shard", "1").increment(4);
    registry.gauge("planloop.replay.rows", Tags.of("side", "expert"), 5);
    Gauge.builder("planloop.broken", () -> Double.NaN).register(registry);
    registry.counter("jvm.other").increment();
    registry.timer("planloop.replay.commit", "shard", "0").record(Duration.ofMillis(250));
    registry.timer("planloop.replay.commit", "shard", "1").record(Duration.ofMillis(500));
    assertThat(Meters.read(registry))
        .containsOnly(
            Map.entry("replay/rows_read", 7.0),
            Map.entry("replay/rows_expert", 5.0),
            Map.entry("replay/commit_count", 2.0),
            Map.entry("replay/commit_total_time", 0.75),
            Map.entry("replay/commit_max", 0.5));
  }

  @Test
  void whatIsOverIsForgottenAndNothingElse() {
    MeterRegistry registry = Meters.simple();
    Tags one = Tags.of("campaign", "one", "shard", "0");
    Meters.counter(registry, "planloop.replay.appends", "", one).increment();
    Meters.gauge(registry, "planloop.replay.rows", "", one.and("side", "expert"), () -> 5);
    Meters.timer(registry, "planloop.trainer.fits", "", Tags.of("campaign", "one"));
    Meters.counter(registry, "planloop.replay.appends", "", Tags.of("campaign", "two")).increment();
    Meters.forget(registry, "planloop.replay.", Tag.of("campaign", "one"));
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName() + " " + meter.getId().getTag("campaign"))
        .containsExactlyInAnyOrder("planloop.trainer.fits one", "planloop.replay.appends two");
  }

  @Test
  void aGaugeTakesThePlaceOfAnEarlierOne() {
    MeterRegistry registry = Meters.simple();
    Meters.gauge(registry, "planloop.replay.rows", "", Tags.of("shard", "0"), () -> 5);
    Meters.gauge(registry, "planloop.replay.rows", "", Tags.of("shard", "0"), () -> 7);
    assertThat(Meters.read(registry)).containsExactly(Map.entry("replay/rows", 7.0));
  }

  @Test
  void prometheusScrapesTheSameMeters() {
    PrometheusMeterRegistry registry = Meters.prometheus();
    registry.counter("planloop.replay.appends", "shard", "0").increment(3);
    assertThat(registry.scrape()).contains("planloop_replay_appends_total{shard=\"0\"} 3.0");
    assertThat(Meters.read(registry)).containsEntry("replay/appends", 3.0);
  }
}
