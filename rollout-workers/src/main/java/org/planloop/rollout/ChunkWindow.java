package org.planloop.rollout;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

  /** A chunk that replay has not confirmed, and when it was sent last. */
  private record Sent(Pending chunk, long at) {}

  /** Replay has confirmed nothing for so long that the job is handed back. */
  static final class ReplaySilentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReplaySilentException(Duration patience) {
      super(silence(patience));
    }
  }

  private final RolloutJob job;
  private final Duration patience;
  private final Consumer<Pending> toActor;
  private final Semaphore free = new Semaphore(LIMIT);
  private final Map<ChunkKey, Sent> unconfirmed = new LinkedHashMap<>();
  private long heard;

  /**
   * @param patience how long a confirmation may take
   * @param toActor hands a chunk to the worker actor; called on the flying thread
   */
  ChunkWindow(RolloutJob job, Duration patience, Consumer<Pending> toActor) {
    this.job = job;
    this.patience = patience;
    this.toActor = toActor;
  }

  static String silence(Duration patience) {
    return "replay has confirmed no chunk for " + patience.toSeconds() + " s";
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
  void sent(Pending pending, long now) {
    if (unconfirmed.isEmpty()) {
      heard = now;
    }
    unconfirmed.put(pending.key(), new Sent(pending, now));
  }

  /** Notes a confirmation; called by the actor. Confirmations may come twice. */
  void confirmed(ChunkKey key, long now) {
    if (unconfirmed.remove(key) != null) {
      heard = now;
      free.release();
    }
  }

  /** What was sent longer ago than {@code age} and is to be sent again now; called by the actor. */
  List<Pending> overdue(long now, Duration age) {
    List<Pending> again =
        unconfirmed.values().stream()
            .filter(sent -> now - sent.at() > age.toNanos())
            .map(Sent::chunk)
            .toList();
    again.forEach(chunk -> unconfirmed.put(chunk.key(), new Sent(chunk, now)));
    return again;
  }

  /** Whether replay has been silent for longer than anybody should wait; called by the actor. */
  boolean silent(long now) {
    return !unconfirmed.isEmpty() && now - heard > patience.toNanos();
  }

  /** Lets a flight through that waits for room: nobody looks at its rows any more. */
  void callOff() {
    free.release(Integer.MAX_VALUE / 2);
  }

  boolean empty() {
    return unconfirmed.isEmpty();
  }
}
