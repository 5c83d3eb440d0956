package org.planloop.rollout;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicInteger;
import org.planloop.metrics.Meters;
import org.planloop.protocol.JobResult;

/** Figures of the workers of one node. */
public final class WorkerMetrics {
  private final Counter jobs;
  private final Counter failures;
  private final Counter returned;
  private final Counter steps;
  private final Counter resent;
  private final Counter unavailable;
  private final AtomicInteger flying = new AtomicInteger();

  /**
   * @param workers that fly at once
   */
  public WorkerMetrics(MeterRegistry registry, int workers) {
    jobs = counter(registry, "worker.jobs", "jobs flown here, and confirmed by replay");
    failures = counter(registry, "worker.job.failures", "jobs that failed here");
    returned =
        counter(
            registry,
            "worker.jobs.returned",
            "jobs handed back: replay was silent, or another attempt of the campaign flies");
    steps = counter(registry, "worker.steps", "transitions flown here, evaluation included");
    resent = counter(registry, "rollout.chunks.resent", "chunks without an answer, sent again");
    unavailable =
        counter(
            registry,
            "rollout.replay.unavailable",
            "times that a shard could not store at present");
    gauge(registry, "worker.slots", "rollouts that fly here at a time", new AtomicInteger(workers));
    gauge(registry, "worker.flying", "rollouts in the air here", flying);
  }

  private static Counter counter(MeterRegistry registry, String name, String help) {
    return Meters.counter(registry, "planloop." + name, help, Tags.empty());
  }

  private static void gauge(MeterRegistry registry, String name, String help, AtomicInteger value) {
    Meters.gauge(registry, "planloop." + name, help, Tags.empty(), value::get);
  }

  /** Called on the flying thread. */
  void takenOff() {
    flying.incrementAndGet();
  }

  /** Called on the flying thread. */
  void landed() {
    flying.decrementAndGet();
  }

  void jobFlown(JobResult result) {
    jobs.increment();
    steps.increment(result.steps());
  }

  void jobFailed() {
    failures.increment();
  }

  void jobReturned() {
    returned.increment();
  }

  void chunkResent() {
    resent.increment();
  }

  void replayUnavailable() {
    unavailable.increment();
  }
}
