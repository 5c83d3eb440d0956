package org.planloop.deploy.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.planloop.campaign.ExpertRecording;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.actor.ReplayShard;

/**
 * Appends recorded expert data to replay, as jobs of iteration 0. Done again it changes nothing:
 * replay knows the keys.
 */
final class RecordedImport {
  private static final int CHUNKS_A_JOB = 64;
  private static final int IN_FLIGHT = 8;
  private static final int ATTEMPTS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<ActorRef<ReplayShard.Command>> shards;
  private final Scheduler scheduler;
  private final long epoch;
  private final int chunkRows;

  RecordedImport(
      List<ActorRef<ReplayShard.Command>> shards, Scheduler scheduler, long epoch, int chunkRows) {
    this.shards = shards;
    this.scheduler = scheduler;
    this.epoch = epoch;
    this.chunkRows = chunkRows;
  }

  /**
   * Blocks until every row is confirmed.
   *
   * @throws IllegalStateException if replay refuses a chunk or stays silent
   */
  ExpertRecording run(ExpertRecording recording) throws InterruptedException {
    TransitionBatch rows = recording.rows();
    List<CompletableFuture<Void>> inFlight = new ArrayList<>();
    int chunk = 0;
    for (int from = 0; from < rows.size(); from += chunkRows, chunk++) {
      ChunkKey key =
          new ChunkKey(
              new JobKey(Provenance.EXPERT, 0, chunk / CHUNKS_A_JOB, 0), chunk % CHUNKS_A_JOB);
      inFlight.add(append(key, rows.slice(from, Math.min(rows.size(), from + chunkRows)), 1));
      if (inFlight.size() == IN_FLIGHT) {
        await(inFlight);
      }
    }
    await(inFlight);
    return recording;
  }

  private CompletableFuture<Void> append(ChunkKey key, TransitionBatch rows, int attempt) {
    ActorRef<ReplayShard.Command> shard = shards.get(RolloutJob.shardOf(key.job(), shards.size()));
    return AskPattern.<ReplayShard.Command, ReplayShard.AppendReply>ask(
            shard,
            replyTo -> new ReplayShard.Append(key, 0, epoch, rows, replyTo),
            PATIENCE,
            scheduler)
        .toCompletableFuture()
        .<Void>thenCompose(
            reply -> {
              if (reply instanceof ReplayShard.Appended) {
                return CompletableFuture.completedFuture(null);
              }
              if ((reply instanceof ReplayShard.Busy || reply instanceof ReplayShard.Unavailable)
                  && attempt < ATTEMPTS) {
                return CompletableFuture.supplyAsync(
                        () -> attempt,
                        CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS))
                    .thenCompose(before -> append(key, rows, before + 1));
              }
              return CompletableFuture.failedFuture(
                  new IllegalStateException("replay does not take the recorded data: " + reply));
            })
        .exceptionallyCompose(
            error -> {
              Throwable cause =
                  error instanceof CompletionException && error.getCause() != null
                      ? error.getCause()
                      : error;
              // The shard starts again, or the answer was lost: its key makes a second try safe.
              return cause instanceof TimeoutException && attempt < ATTEMPTS
                  ? append(key, rows, attempt + 1)
                  : CompletableFuture.failedFuture(cause);
            });
  }

  private static void await(List<CompletableFuture<Void>> inFlight) throws InterruptedException {
    for (CompletableFuture<Void> append : inFlight) {
      try {
        append.get(PATIENCE.toSeconds() * ATTEMPTS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new IllegalStateException(
            "recorded data could not be stored: " + cause.getMessage(), cause);
      }
    }
    inFlight.clear();
  }
}
