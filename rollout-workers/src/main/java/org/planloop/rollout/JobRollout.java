package org.planloop.rollout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.policy.Policy;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/**
 * Flies one job: G whole episodes side by side, planned as one batch. A pure function of job,
 * policy and environment: every random number comes from a stream named by the job's seed, purpose,
 * iteration and episode, so the same job gives the same rows to the bit wherever it is flown.
 *
 * <p>Rows come step by step, within a step in order of the episodes. An episode whose environment
 * fails ends there; the transitions before the failure are real and are kept.
 */
public final class JobRollout {
  /** Takes a job's rows as they come, in chunks; may block to hold the rollout back. */
  public interface ChunkSink {
    /**
     * @param chunk index within the job, from 0
     * @param rows given away
     */
    void accept(int chunk, TransitionBatch rows);

    /**
     * Takes rows that a rescuer flew, where they are kept.
     *
     * @param chunk index within the job's rescued rows, from 0
     * @param rows given away
     */
    default void acceptRescued(int chunk, TransitionBatch rows) {
      throw new UnsupportedOperationException("nobody takes the rescuer's rows");
    }

    /** For jobs whose rows nobody wants. */
    ChunkSink NONE = (chunk, rows) -> {};
  }

  private final Environment environment;
  private final double discount;
  private final int chunkRows;
  private final LongSupplier nanoTime;

  /**
   * @param discount factor a step in the returns, in (0, 1]
   * @param chunkRows rows of a full chunk
   * @param nanoTime a monotonic clock for the timings of the result; decides nothing
   */
  public JobRollout(
      Environment environment, double discount, int chunkRows, LongSupplier nanoTime) {
    this.environment = environment;
    this.discount = discount;
    this.chunkRows = chunkRows;
    this.nanoTime = nanoTime;
  }

  /**
   * Flies the job.
   *
   * @param sink takes the rows that are kept
   * @param cancelled asked before every step
   * @throws FlightCancelledException if {@code cancelled} says so
   */
  public JobResult fly(RolloutJob job, Policy policy, ChunkSink sink, BooleanSupplier cancelled) {
    return fly(job, policy, null, sink, cancelled);
  }

  /**
   * Flies the job under supervision: the candidate's own rows are the job's, of which {@code
   * keepRows} are drawn; the rescuer's are dropped or handed on apart, at most as many.
   *
   * @param supervisor null for a flight that nobody watches
   */
  public JobResult fly(
      RolloutJob job,
      Policy policy,
      @Nullable Supervisor supervisor,
      ChunkSink sink,
      BooleanSupplier cancelled) {
    try (VectorEnvironment copies = environment.open(job.episodes())) {
      Flight flight = new Flight(job, policy, supervisor, copies, sink);
      while (flight.anyActive()) {
        if (cancelled.getAsBoolean()) {
          throw new FlightCancelledException(job);
        }
        flight.step();
      }
      return flight.result();
    }
  }

  /** A job was given up in flight because its worker stops. */
  public static final class FlightCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FlightCancelledException(RolloutJob job) {
      super("cancelled: " + job.label());
    }
  }

  private static RandomStream stream(RolloutJob job, int episode, String use) {
    return RandomStream.of(job.seed(), job.purpose(), job.iteration(), episode, use);
  }

  /** One job under way. */
  private final class Flight {
    private final RolloutJob job;
    private final VectorEnvironment copies;
    private final Policy.Session session;
    private final Supervisor.@Nullable Flight watched;
    private final RowBuffer rows;
    private final RowBuffer rescuedRows;
    private final int limit;
    private final boolean[] active;
    private final double[] actions;
    private final double[] before;
    private final StepResult stepped;
    private final double[][] rewards;
    private final int[] steps;
    private final int[] interventions;
    private final End[] ends;
    private final String[] failures;
    private int time;
    private long actNanos;
    private long stepNanos;

    Flight(
        RolloutJob job,
        Policy policy,
        @Nullable Supervisor supervisor,
        VectorEnvironment copies,
        ChunkSink sink) {
      int count = job.episodes();
      this.job = job;
      this.copies = copies;
      this.active = new boolean[count];
      this.actions = new double[count * environment.actions().size()];
      this.before = new double[count * environment.states().size()];
      this.stepped = new StepResult(count, environment.states().size());
      this.rewards = new double[count][0];
      this.steps = new int[count];
      this.interventions = new int[count];
      this.ends = new End[count];
      this.failures = new String[count];
      Arrays.fill(failures, "");
      boolean keepsRescues = supervisor != null && supervisor.keepsRescuerSteps();
      this.rows = RowBuffer.of(environment, job, chunkRows, job.stored(), sink);
      this.rescuedRows =
          RowBuffer.of(
              environment, job, chunkRows, job.stored() && keepsRescues, sink::acceptRescued);
      RandomStream[] noise = new RandomStream[count];
      RandomStream[] rescue = new RandomStream[count];
      for (int slot = 0; slot < count; slot++) {
        noise[slot] = stream(job, job.firstEpisode() + slot, "policy");
        rescue[slot] = stream(job, job.firstEpisode() + slot, "rescuer");
        start(slot, policy);
      }
      Policy.Session own = policy.begin(noise);
      this.watched = supervisor == null ? null : supervisor.begin(own, rescue);
      this.session = watched == null ? own : watched;
      int ownLimit = policy.starts().map(Policy.Starts::steps).orElse(environment.maxSteps());
      this.limit = job.maxSteps() == 0 ? ownLimit : Math.min(ownLimit, job.maxSteps());
    }

    private void start(int slot, Policy policy) {
      int episode = job.firstEpisode() + slot;
      RandomStream noise = stream(job, episode, "environment");
      try {
        if (policy.starts().isPresent()) {
          double[] start = new double[environment.states().size()];
          policy.starts().get().sample(stream(job, episode, "start"), start);
          copies.resetTo(slot, start, noise);
        } else {
          copies.reset(slot, noise);
        }
        active[slot] = true;
      } catch (RuntimeException e) {
        // A user's environment may throw anything: its episode failed before the first step.
        end(slot, End.FAILED, "at reset: " + e);
      }
    }

    boolean anyActive() {
      for (boolean slot : active) {
        if (slot) {
          return true;
        }
      }
      return false;
    }

    void step() {
      System.arraycopy(copies.states(), 0, before, 0, before.length);
      long start = nanoTime.getAsLong();
      session.act(active, before, actions);
      long acted = nanoTime.getAsLong();
      int width = environment.actions().size();
      for (int slot = 0; slot < active.length; slot++) {
        if (active[slot]) {
          environment.actions().clip(actions, slot * width);
        }
      }
      copies.step(active, actions, stepped);
      actNanos += acted - start;
      stepNanos += nanoTime.getAsLong() - acted;
      time++;
      for (int slot = 0; slot < active.length; slot++) {
        if (active[slot]) {
          record(slot);
        }
      }
    }

    private void record(int slot) {
      String failure = stepped.failures[slot];
      if (failure != null) {
        end(slot, End.FAILED, failure);
        return;
      }
      if (rewards[slot].length == steps[slot]) {
        rewards[slot] = Arrays.copyOf(rewards[slot], Math.max(16, 2 * steps[slot]));
      }
      rewards[slot][steps[slot]++] = stepped.rewards[slot];
      boolean cut = time >= limit;
      byte flags = 0;
      if (stepped.terminated[slot]) {
        flags = TransitionBatch.TERMINATED;
        end(slot, environment.objective().terminationIsCrash() ? End.CRASHED : End.TERMINATED, "");
      } else if (stepped.truncated[slot] || cut) {
        flags = TransitionBatch.TRUNCATED;
        boolean whole = stepped.truncated[slot] || job.maxSteps() == 0 || limit < job.maxSteps();
        end(slot, whole ? End.TRUNCATED : End.CUT, "");
      }
      boolean rescued = watched != null && watched.rescued(slot);
      if (rescued) {
        interventions[slot]++;
        flags |= TransitionBatch.INTERVENTION;
      }
      (rescued ? rescuedRows : rows)
          .add(slot, before, actions, stepped, job.firstEpisode() + slot, time - 1, flags);
    }

    private void end(int slot, End reason, String failure) {
      active[slot] = false;
      ends[slot] = reason;
      failures[slot] = failure;
    }

    /** From the last step backwards, which needs no powers of the discount. */
    private double totalReward(int slot) {
      double sum = 0;
      for (int step = steps[slot] - 1; step >= 0; step--) {
        sum = rewards[slot][step] + discount * sum;
      }
      return sum;
    }

    JobResult result() {
      int stored = rows.finish(stream(job, job.firstEpisode(), "rows"));
      int rescued = rescuedRows.finish(stream(job, job.firstEpisode(), "rescued-rows"));
      List<EpisodeResult> episodes = new ArrayList<>();
      for (int slot = 0; slot < active.length; slot++) {
        episodes.add(
            new EpisodeResult(
                job.firstEpisode() + slot,
                totalReward(slot),
                steps[slot],
                ends[slot],
                failures[slot],
                interventions[slot]));
      }
      return new JobResult(job, episodes, stored, rescued, actNanos * 1e-9, stepNanos * 1e-9);
    }
  }
}
