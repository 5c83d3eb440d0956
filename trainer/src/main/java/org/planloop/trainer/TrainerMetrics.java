package org.planloop.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Figures of the trainer. */
final class TrainerMetrics {
  private final Timer fits;
  private final Counter failures;
  private final AtomicInteger version;

  TrainerMetrics(MeterRegistry registry) {
    fits = registry.timer("planloop.trainer.fits");
    failures = registry.counter("planloop.trainer.fit.failures");
    version = registry.gauge("planloop.trainer.version", new AtomicInteger());
  }

  void fitted(int newVersion, double seconds) {
    fits.record((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    version.set(newVersion);
  }

  void failed() {
    failures.increment();
  }
}
