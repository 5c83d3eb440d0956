package org.planloop.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.planloop.metrics.Meters;

/** Figures of the trainer. */
public final class TrainerMetrics {
  /**
   * The expert's share in a fit.
   *
   * @param drawn of the rows that it has drawn, or of their weight
   * @param asked what it was asked for
   */
  private record Mix(double drawn, double asked) {}

  private static final Mix NONE = new Mix(Double.NaN, Double.NaN);

  private final Timer fits;
  private final Counter failures;
  private final AtomicInteger version = new AtomicInteger();
  private final AtomicInteger fitting = new AtomicInteger();
  private volatile Mix mix = NONE;

  /**
   * @param campaign tells the campaigns of a process apart
   */
  TrainerMetrics(MeterRegistry registry, String campaign) {
    Tags tags = Tags.of("campaign", campaign);
    fits = Meters.timer(registry, "planloop.trainer.fits", "fits, planning included", tags);
    failures =
        Meters.counter(registry, "planloop.trainer.fit.failures", "fits without a result", tags);
    Meters.gauge(
        registry, "planloop.trainer.version", "the newest policy's version", tags, version::get);
    Meters.gauge(
        registry,
        "planloop.trainer.fitting",
        "1 while a fit or its planning is under way",
        tags,
        fitting::get);
    Meters.gauge(
        registry,
        "planloop.trainer.mix.expert",
        "the expert's share of the rows that the newest fit has drawn, or of their weight; NaN"
            + " before the first",
        tags,
        () -> mix.drawn());
    Meters.gauge(
        registry,
        "planloop.trainer.mix.expert.target",
        "the share that the newest fit was asked for: expert-fraction, and more where the alarm"
            + " acts on it",
        tags,
        () -> mix.asked());
  }

  /** Takes a campaign's figures away. */
  public static void forget(MeterRegistry registry, String campaign) {
    Meters.forget(registry, "planloop.trainer.", Tag.of("campaign", campaign));
  }

  void begun() {
    fitting.set(1);
  }

  void planned(int newVersion, double seconds) {
    fitting.set(0);
    fits.record((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    version.set(newVersion);
  }

  /** Drawn and asked are shown together, so that they belong to one fit. */
  void mixed(double drawn, double asked) {
    mix = new Mix(drawn, asked);
  }

  void failed() {
    fitting.set(0);
    failures.increment();
  }
}
