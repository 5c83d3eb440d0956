package org.planloop.deploy.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.planloop.data.Purpose;
import org.planloop.data.TransitionBatch;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.EpisodeTrace;
import org.planloop.environment.Environment;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.rollout.JobRollout;

/**
 * Episodes flown outside of a campaign, with the same random streams as inside: for evaluation,
 * recording and pictures. Results do not depend on how many threads fly.
 */
public final class Flights {
  private static final int CHUNK_ROWS = 512;

  private final Experiment experiment;
  private final Parts parts;
  private final Environment environment;

  /**
   * @param experiment says which environment, discount, and how many episodes are planned together
   */
  public Flights(Experiment experiment, Parts parts) {
    this.experiment = experiment;
    this.parts = parts;
    this.environment = parts.environment(experiment);
  }

  /** The environment that is flown in. */
  public Environment environment() {
    return environment;
  }

  /** A policy that acts here; to be closed by the caller. */
  public Policy open(PolicyDefinition definition) {
    return Policies.open(definition, environment, parts.experts());
  }

  /**
   * Flies evaluation episodes 0 to {@code episodes - 1}, one job a core at a time.
   *
   * @param progress told how many episodes are done, from any thread
   */
  public List<EpisodeResult> evaluate(
      PolicyDefinition definition, long seed, int episodes, IntConsumer progress) {
    int group = experiment.rollout().environmentsPerJob();
    List<RolloutJob> jobs = new ArrayList<>();
    for (int first = 0; first < episodes; first += group) {
      int count = Math.min(group, episodes - first);
      jobs.add(job(Purpose.EVALUATE, jobs.size(), seed, first, count));
    }
    int threads = Math.min(jobs.size(), Runtime.getRuntime().availableProcessors());
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    JobResult[] results = new JobResult[jobs.size()];
    Callable<Void> worker =
        () -> {
          try (Policy policy = open(definition)) {
            for (int i = next.getAndIncrement(); i < results.length; i = next.getAndIncrement()) {
              results[i] = fly(jobs.get(i), policy, JobRollout.ChunkSink.NONE);
              progress.accept(done.addAndGet(jobs.get(i).episodes()));
            }
          }
          return null;
        };
    onThreads(threads, worker);
    List<EpisodeResult> flown = new ArrayList<>();
    for (JobResult result : results) {
      flown.addAll(result.episodes());
    }
    return flown;
  }

  private static void onThreads(int threads, Callable<Void> worker) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(worker));
      }
      for (Future<Void> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("flying failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while flying", e);
    } finally {
      pool.shutdownNow();
    }
  }

  /**
   * Episodes of the expert and their rows, one episode after the other.
   *
   * @param rows what was flown
   * @param episodes how each went
   */
  public record Recording(TransitionBatch rows, List<EpisodeResult> episodes) {}

  /** Flies the expert's episodes exactly as a campaign with this experiment would at its start. */
  public Recording record(PolicyDefinition.Expert expert, int episodes, IntConsumer progress) {
    List<TransitionBatch> chunks = new ArrayList<>();
    List<EpisodeResult> flown = new ArrayList<>();
    try (Policy policy = open(expert)) {
      for (int episode = 0; episode < episodes; episode++) {
        RolloutJob job = job(Purpose.EXPERT, episode, experiment.seed(), episode, 1);
        flown.addAll(fly(job, policy, (chunk, rows) -> chunks.add(rows)).episodes());
        progress.accept(episode + 1);
      }
    }
    int total = chunks.stream().mapToInt(TransitionBatch::size).sum();
    TransitionBatch all =
        TransitionBatch.allocate(total, environment.states().size(), environment.actions().size());
    int at = 0;
    for (TransitionBatch chunk : chunks) {
      all.copyRows(chunk, 0, at, chunk.size());
      at += chunk.size();
    }
    return new Recording(all, flown);
  }

  /** Flies one evaluation episode and keeps what was seen and done. */
  public EpisodeTrace trace(PolicyDefinition definition, long seed, int episode) {
    try (Policy policy = open(definition)) {
      TracedPolicy traced = new TracedPolicy(policy, environment);
      RolloutJob job = job(Purpose.EVALUATE, 0, seed, episode, 1);
      JobResult result = fly(job, traced, JobRollout.ChunkSink.NONE);
      return traced.trace(result.episodes().get(0));
    }
  }

  private JobResult fly(RolloutJob job, Policy policy, JobRollout.ChunkSink sink) {
    JobRollout rollout =
        new JobRollout(environment, experiment.discount(), CHUNK_ROWS, System::nanoTime);
    return rollout.fly(job, policy, sink, () -> Thread.currentThread().isInterrupted());
  }

  private static RolloutJob job(Purpose purpose, int index, long seed, int first, int count) {
    return new RolloutJob(purpose, 0, index, 0, 0, seed, first, count, 0, 0);
  }
}
