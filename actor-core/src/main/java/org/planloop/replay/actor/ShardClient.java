package org.planloop.replay.actor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.replay.ReplayUnavailableException;

/**
 * Asks one shard. A question without an answer is asked again, at longer and longer intervals: a
 * shard that has crashed comes back, a slow one gets the time it needs, and reading twice does no
 * harm.
 */
final class ShardClient {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(2);

  /**
   * Within this time a shard that was killed is back; one that is only slow gets longer after it.
   */
  private static final Duration RESTART = Duration.ofSeconds(15);

  /** Once a shard that was out of reach is back, this long at most passes until it is asked. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(8);

  /** How often a shard may start again while a view is opened. */
  private static final int REOPENINGS = 8;

  private final ActorSystem<?> system;
  private final ActorRef<ReplayShard.Command> shard;
  private final Duration patience;

  ShardClient(ActorSystem<?> system, ActorRef<ReplayShard.Command> shard, Duration patience) {
    this.system = system;
    this.shard = shard;
    this.patience = patience;
  }

  /**
   * A view that is open in the shard.
   *
   * @param sides the jobs of each side in the shard's order
   */
  record Opened(long view, int stateSize, int actionSize, Map<Provenance, ShardJobs> sides) {
    ShardJobs side(Provenance side) {
      return sides.getOrDefault(side, new ShardJobs());
    }
  }

  /** Jobs of one side of one shard, each with its rows and where they begin. */
  static final class ShardJobs {
    private final Map<JobKey, Extent> extents = new HashMap<>();
    private final List<JobKey> keys = new ArrayList<>();
    private int end;

    /** Rows of a job within the shard's view. */
    record Extent(int start, int rows) {}

    private void add(JobKey key, int rows) {
      extents.put(key, new Extent(end, rows));
      keys.add(key);
      end = Math.addExact(end, rows);
    }

    List<JobKey> keys() {
      return keys;
    }

    /** Where a job lies; of no rows where the shard has it not. */
    Extent extent(JobKey key) {
      return extents.getOrDefault(key, new Extent(0, 0));
    }
  }

  /** The shard has started again between two questions. */
  private static final class ViewLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ViewLostException(long view) {
      super("view " + view + " is lost");
    }
  }

  /** Freezes a view and fetches its jobs. */
  CompletableFuture<Opened> open(int maxIteration) {
    return open(maxIteration, REOPENINGS);
  }

  private CompletableFuture<Opened> open(int maxIteration, int reopenings) {
    return this.<ReplayShard.ViewReply>ask(
            "a view", replyTo -> new ReplayShard.OpenView(maxIteration, replyTo))
        .thenCompose(
            reply -> {
              if (reply instanceof ReplayShard.ViewOpened opened) {
                return jobs(opened);
              }
              throw refused("a view", reply);
            })
        .exceptionallyCompose(
            error -> {
              Throwable cause = cause(error);
              if (cause instanceof ViewLostException && reopenings > 0) {
                return open(maxIteration, reopenings - 1);
              }
              return CompletableFuture.failedFuture(
                  cause instanceof ViewLostException ? refused("jobs", cause) : cause);
            });
  }

  private static Throwable cause(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private CompletableFuture<Opened> jobs(ReplayShard.ViewOpened opened) {
    ShardJobs expert = new ShardJobs();
    ShardJobs learner = new ShardJobs();
    return jobs(opened.view(), Provenance.EXPERT, opened.expertJobs(), expert)
        .thenCompose(done -> jobs(opened.view(), Provenance.LEARNER, opened.learnerJobs(), learner))
        .thenApply(
            done -> {
              Map<Provenance, ShardJobs> sides = new EnumMap<>(Provenance.class);
              sides.put(Provenance.EXPERT, expert);
              sides.put(Provenance.LEARNER, learner);
              return new Opened(
                  opened.view(), opened.stateSize(), opened.actionSize(), Map.copyOf(sides));
            });
  }

  /** Fetches page after page until all jobs of a side are there. */
  private CompletableFuture<ShardJobs> jobs(long view, Provenance side, int count, ShardJobs jobs) {
    int from = jobs.keys().size();
    if (from >= count) {
      return CompletableFuture.completedFuture(jobs);
    }
    return this.<ReplayShard.JobsReply>ask(
            "jobs", replyTo -> new ReplayShard.GetJobs(view, side, from, replyTo))
        .thenCompose(
            reply -> {
              if (reply instanceof ReplayShard.Jobs page && page.rows().length > 0) {
                for (int i = 0; i < page.rows().length; i++) {
                  JobKey key =
                      new JobKey(side, page.iterations()[i], page.jobs()[i], page.attempts()[i]);
                  jobs.add(key, page.rows()[i]);
                }
                return jobs(view, side, count, jobs);
              }
              if (reply instanceof ReplayShard.ViewLost lost) {
                throw new ViewLostException(lost.view());
              }
              throw refused("jobs", reply);
            });
  }

  /** Asks for rows by their index in the shard's view. */
  CompletableFuture<ReplayShard.BlockReply> gather(long view, Provenance side, int[] rows) {
    return ask(rows.length + " rows", replyTo -> new ReplayShard.Gather(view, side, rows, replyTo));
  }

  /** Drops the jobs before {@code firstKept}. */
  void evict(JobKey firstKept) {
    shard.tell(new ReplayShard.Evict(firstKept));
  }

  ReplayUnavailableException refused(String what, Object reply) {
    return new ReplayUnavailableException(
        "replay shard " + shard.path() + " cannot serve " + what + ": " + reply);
  }

  private <R> CompletableFuture<R> ask(
      String what, Function<ActorRef<R>, ReplayShard.Command> question) {
    return ask(what, question, FIRST_WAIT, Duration.ZERO);
  }

  /**
   * @param wait for this answer, unless patience ends before
   * @param waited so far
   */
  private <R> CompletableFuture<R> ask(
      String what,
      Function<ActorRef<R>, ReplayShard.Command> question,
      Duration wait,
      Duration waited) {
    Duration left = patience.minus(waited);
    Duration now = wait.compareTo(left) < 0 ? wait : left;
    CompletionStage<R> answer = AskPattern.ask(shard, question::apply, now, system.scheduler());
    return answer
        .toCompletableFuture()
        .exceptionallyCompose(
            error -> {
              Throwable cause = cause(error);
              if (cause instanceof TimeoutException && now.compareTo(left) < 0) {
                Duration next = waited.compareTo(RESTART) < 0 ? wait : wait.multipliedBy(2);
                return ask(
                    what,
                    question,
                    next.compareTo(LONGEST_WAIT) < 0 ? next : LONGEST_WAIT,
                    waited.plus(now));
              }
              return CompletableFuture.failedFuture(
                  new ReplayUnavailableException(
                      "replay shard "
                          + shard.path()
                          + " did not answer a request for "
                          + what
                          + " within "
                          + patience.toSeconds()
                          + " s, however often it was asked; see its log, and resume the run once it"
                          + " is back",
                      cause));
            });
  }
}
