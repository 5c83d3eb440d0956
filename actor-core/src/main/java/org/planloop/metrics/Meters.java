package org.planloop.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Makes the registry that a process hands to its components, and reads it for the run files.
 *
 * <p>A meter is named with dots and its component first, {@code planloop.replay.rows}; Prometheus
 * makes {@code planloop_replay_rows} of it, and in run files and TensorBoard it is {@code
 * replay/rows}.
 */
public final class Meters {
  private static final String PREFIX = "planloop.";

  private Meters() {}

  /** For a process whose meters are scraped. */
  public static PrometheusMeterRegistry prometheus() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /** For a process that only reads them itself. */
  public static MeterRegistry simple() {
    return new SimpleMeterRegistry();
  }

  /**
   * Registers a gauge in place of an earlier one: what was started again shows its own numbers.
   *
   * @param help what it means, for who scrapes it
   * @param value asked whenever somebody looks; must not block
   */
  public static void gauge(
      MeterRegistry registry, String name, String help, Tags tags, Supplier<Number> value) {
    registry.remove(new Meter.Id(name, tags, null, null, Meter.Type.GAUGE));
    Gauge.builder(name, value).description(help).tags(tags).register(registry);
  }

  /** A counter, the one of before if there is one. */
  public static Counter counter(MeterRegistry registry, String name, String help, Tags tags) {
    return Counter.builder(name).description(help).tags(tags).register(registry);
  }

  /** A timer with count, sum and largest value, the one of before if there is one. */
  public static Timer timer(MeterRegistry registry, String name, String help, Tags tags) {
    return Timer.builder(name).description(help).tags(tags).register(registry);
  }

  /**
   * Takes away what is over, so that a registry's size does not grow with all that ever was.
   *
   * @param component what the meters' names begin with, {@code planloop.trainer.}
   * @param tag that they carry
   */
  public static void forget(MeterRegistry registry, String component, Tag tag) {
    for (Meter meter : registry.getMeters()) {
      if (meter.getId().getName().startsWith(component) && meter.getId().getTags().contains(tag)) {
        registry.remove(meter);
      }
    }
  }

  /**
   * What our meters show now, by their names in run files; times in seconds. Values that are not
   * finite are left out. Meters that differ only in campaign or shard are added up.
   */
  public static SortedMap<String, Double> read(MeterRegistry registry) {
    SortedMap<String, Double> values = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      if (meter.getId().getName().startsWith(PREFIX)) {
        read(meter, values);
      }
    }
    return values;
  }

  private static void read(Meter meter, SortedMap<String, Double> values) {
    String name = fileName(meter.getId());
    for (Measurement measurement : meter.measure()) {
      double value = measurement.getValue();
      if (Double.isFinite(value)) {
        boolean most = measurement.getStatistic() == Statistic.MAX;
        values.merge(name + suffix(meter, measurement), value, most ? Math::max : Double::sum);
      }
    }
  }

  /** {@code planloop.replay.rows.read{side=expert}} is {@code replay/rows_read_expert}. */
  private static String fileName(Meter.Id id) {
    StringBuilder name = new StringBuilder(id.getName().substring(PREFIX.length()));
    int dot = name.indexOf(".");
    if (dot > 0) {
      name.setCharAt(dot, '/');
    }
    for (Tag tag : id.getTags()) {
      if (!tag.getKey().equals("shard") && !tag.getKey().equals("campaign")) {
        name.append('_').append(tag.getValue());
      }
    }
    return name.toString().replace('.', '_').replace('-', '_');
  }

  private static String suffix(Meter meter, Measurement measurement) {
    boolean single =
        meter.getId().getType() == Meter.Type.COUNTER
            || meter.getId().getType() == Meter.Type.GAUGE;
    return single ? "" : "_" + measurement.getStatistic().name().toLowerCase(Locale.ROOT);
  }
}
