package org.planloop.rollout;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.planloop.metrics.Meters;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobResult;

/** Figures of dispatcher and workers. */
public final class RolloutMetrics {
  private final MeterRegistry registry;
  private final Counter jobs;
  private final Counter jobFailures;
  private final Counter episodes;
  private final Counter episodeFailures;
  private final Counter crashes;
  private final Counter steps;
  private final Timer acting;
  private final Timer stepping;
  private final Counter resent;
  private final Counter unavailable;

  public RolloutMetrics(MeterRegistry registry) {
    this.registry = registry;
    jobs = registry.counter("planloop.rollout.jobs");
    jobFailures = registry.counter("planloop.rollout.job.failures");
    episodes = registry.counter("planloop.rollout.episodes");
    episodeFailures = registry.counter("planloop.rollout.episode.failures");
    crashes = registry.counter("planloop.rollout.crashes");
    steps = registry.counter("planloop.rollout.steps");
    acting = registry.timer("planloop.rollout.acting");
    stepping = registry.timer("planloop.rollout.stepping");
    resent = registry.counter("planloop.rollout.chunks.resent");
    unavailable = registry.counter("planloop.rollout.replay.unavailable");
  }

  void bindQueue(IntSupplier waiting, IntSupplier flying) {
    Meters.gauge(registry, "planloop.rollout.jobs.waiting", Tags.empty(), waiting::getAsInt);
    Meters.gauge(registry, "planloop.rollout.jobs.flying", Tags.empty(), flying::getAsInt);
  }

  void jobFlown(JobResult result) {
    jobs.increment();
    steps.increment(result.steps());
    acting.record((long) (result.actSeconds() * 1e9), TimeUnit.NANOSECONDS);
    stepping.record((long) (result.stepSeconds() * 1e9), TimeUnit.NANOSECONDS);
    for (EpisodeResult episode : result.episodes()) {
      episodes.increment();
      if (episode.failed()) {
        episodeFailures.increment();
      } else if (episode.end() == EpisodeResult.End.CRASHED) {
        crashes.increment();
      }
    }
  }

  void jobFailed() {
    jobFailures.increment();
  }

  void chunkResent() {
    resent.increment();
  }

  void replayUnavailable() {
    unavailable.increment();
  }
}
