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

/** Figures of the dispatcher: what all workers together have flown, and what waits. */
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

  public RolloutMetrics(MeterRegistry registry) {
    this.registry = registry;
    jobs = counter("jobs", "jobs flown");
    jobFailures = counter("job.failures", "attempts at a job that failed");
    episodes = counter("episodes", "episodes flown");
    episodeFailures = counter("episode.failures", "episodes that broke off with an error");
    crashes = counter("crashes", "episodes that ended in a crash of the system that is flown");
    steps = counter("steps", "transitions flown, evaluation included");
    acting = timer("acting", "planning, by job, of all workers");
    stepping = timer("stepping", "stepping the environment, by job, of all workers");
  }

  private Counter counter(String name, String help) {
    return Meters.counter(registry, "planloop.rollout." + name, help, Tags.empty());
  }

  private Timer timer(String name, String help) {
    return Meters.timer(registry, "planloop.rollout." + name, help, Tags.empty());
  }

  void bindQueue(IntSupplier waiting, IntSupplier flying) {
    gauge("jobs.waiting", "jobs that wait for a worker", waiting);
    gauge("jobs.flying", "jobs in the air", flying);
  }

  private void gauge(String name, String help, IntSupplier value) {
    Meters.gauge(registry, "planloop.rollout." + name, help, Tags.empty(), value::getAsInt);
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
}
