package org.planloop.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.planloop.metrics.Meters;

/** Figures of the trainer. */
final class TrainerMetrics {
  private final Timer fits;
  private final Counter failures;
  private final AtomicInteger version = new AtomicInteger();

  /**
   * @param campaign tells the campaigns of a process apart
   */
  TrainerMetrics(MeterRegistry registry, String campaign) {
    Tags tags = Tags.of("campaign", campaign);
    fits = registry.timer("planloop.trainer.fits", tags);
    failures = registry.counter("planloop.trainer.fit.failures", tags);
    Meters.gauge(registry, "planloop.trainer.version", tags, version::get);
  }

  void fitted(int newVersion, double seconds) {
    fits.record((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    version.set(newVersion);
  }

  void failed() {
    failures.increment();
  }
}
