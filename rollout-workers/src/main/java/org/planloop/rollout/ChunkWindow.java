package org.planloop.rollout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.planloop.data.ChunkKey;
import org.planloop.data.TransitionBatch;
import org.planloop.protocol.RolloutJob;

/**
 * The chunks of one job that replay has not confirmed yet: at most {@link #LIMIT}, so a slow disk
 * slows the rollout instead of filling the memory. The flying thread adds and may block; the worker
 * actor sends, repeats and confirms.
 */
final class ChunkWindow implements JobRollout.ChunkSink {
  static final int LIMIT = 8;

  /** A chunk on its way. */
  record Pending(ChunkKey key, TransitionBatch rows) {}

  /** Replay has confirmed nothing for so long that the job is given up. */
  static final class ReplaySilentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReplaySilentException(Duration patience) {
      super("replay has confirmed no chunk for " + patience.toSeconds() + " s");
    }
  }

  private final RolloutJob job;
  private final Duration patience;
  private final java.util.function.Consumer<Pending> toActor;
  private final Semaphore free = new Semaphore(LIMIT);
  private final Map<ChunkKey, Pending> unconfirmed = new LinkedHashMap<>();

  /**
   * @param patience how long the flying thread waits for a confirmation
   * @param toActor hands a chunk to the worker actor; called on the flying thread
   */
  ChunkWindow(RolloutJob job, Duration patience, java.util.function.Consumer<Pending> toActor) {
    this.job = job;
    this.patience = patience;
    this.toActor = toActor;
  }

  /** Called on the flying thread. */
  @Override
  public void accept(int chunk, TransitionBatch rows) {
    send(new ChunkKey(job.key(), chunk), rows);
  }

  /** Called on the flying thread. */
  @Override
  public void acceptRescued(int chunk, TransitionBatch rows) {
    send(new ChunkKey(job.rescueKey(), chunk), rows);
  }

  private void send(ChunkKey key, TransitionBatch rows) {
    try {
      if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ReplaySilentException(patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReplaySilentException(patience);
    }
    toActor.accept(new Pending(key, rows));
  }

  /** Notes a chunk as sent; called by the actor. */
  void sent(Pending pending) {
    unconfirmed.put(pending.key(), pending);
  }

  /** Notes a confirmation; called by the actor. Confirmations may come twice. */
  void confirmed(ChunkKey key) {
    if (unconfirmed.remove(key) != null) {
      free.release();
    }
  }

  /** What has to be sent again; called by the actor. */
  List<Pending> unconfirmed() {
    return new ArrayList<>(unconfirmed.values());
  }

  boolean empty() {
    return unconfirmed.isEmpty();
  }
}
