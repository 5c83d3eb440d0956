package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.planloop.cluster.Backoff;
import org.planloop.data.InvalidInputException;

/**
 * Copies a campaign's newest checkpoint on a thread of its own, which the campaign never waits for:
 * it only says that there is a newer one. While one is copied, only the newest of those that come
 * meanwhile waits, and then for four times as long as the last copy took, a minute at most: however
 * fast the checkpoints come, copies have a fifth of the time. A copy that fails is tried again,
 * less and less often; after {@link #MOST_TRIES} in a row only a newer checkpoint has it tried once
 * more.
 */
public final class BackgroundCopier implements AutoCloseable {
  /** Attempts in a row at one checkpoint: at the longest wait, about a quarter of an hour. */
  static final int MOST_TRIES = 20;

  /** Pauses after a copy, in times that it took. */
  private static final int PAUSES = 4;

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration ENDING = Duration.ofSeconds(2);

  /** What is done each time. */
  public interface Task {
    /**
     * Copies what is newest now.
     *
     * @return what is in the store now; empty if there is nothing to copy yet
     * @throws InvalidInputException if there must be no more copies
     */
    Optional<CheckpointName> copyNewest() throws IOException, InterruptedException;

    /** Bytes stored so far. */
    long bytesPut();
  }

  /** After a copy that failed: one second, and a minute at most. */
  public static final Backoff USUAL = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

  private final Task task;
  private final Backoff backoff;
  private final CopyMetrics metrics;
  private final Consumer<String> says;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wake = lock.newCondition();
  private final Condition settled = lock.newCondition();
  private final Thread thread;
  private boolean changed;
  private boolean hurried;
  private boolean busy;
  private boolean ended;
  private volatile boolean closed;
  private volatile String trouble = "";
  private Optional<CheckpointName> copied = Optional.empty();

  /**
   * @param name of the thread
   * @param says is told in one line when copies begin to fail, and when they are well again
   */
  public BackgroundCopier(
      String name, Task task, Backoff backoff, CopyMetrics metrics, Consumer<String> says) {
    this.task = task;
    this.backoff = backoff;
    this.metrics = metrics;
    this.says = says;
    this.thread = new Thread(this::run, "planloop-copying-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** There is a newer checkpoint. Returns at once. */
  public void changed() {
    locked(
        () -> {
          changed = true;
          wake.signalAll();
        });
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** What is in the store, or why it is not the newest; empty while there is nothing to say. */
  public String standing() {
    lock.lock();
    try {
      String upTo = copied.map(name -> "copied up to " + name).orElse("not copied yet");
      return trouble.isEmpty() ? copied.isEmpty() ? "" : upTo : upTo + "; copies fail: " + trouble;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the newest checkpoint is in the store.
   *
   * @return why it is not; empty if it is
   */
  public String settle(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      hurried = true;
      wake.signalAll();
      while ((changed || busy) && !ended && left > 0) {
        left = settled.awaitNanos(left);
      }
      if (trouble.isEmpty() && !ended && (changed || busy)) {
        return "the store takes longer than " + patience.toSeconds() + " s";
      }
      return trouble;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    int failures = 0;
    Duration pause = Duration.ZERO;
    try {
      while (await(failures == 0 ? pause : backoff.after(failures), failures == 0)) {
        long began = System.nanoTime();
        try {
          Optional<CheckpointName> done = copy();
          Duration took = Duration.ofNanos(System.nanoTime() - began);
          failures = 0;
          pause = pause(took);
          done.ifPresent(name -> metrics.copied(name, took));
          well(done);
          if (done.isPresent() && done.get().finished()) {
            return;
          }
        } catch (InvalidInputException e) {
          metrics.failed();
          unwell(String.valueOf(e.getMessage()), false, true);
          return;
        } catch (IOException | UncheckedIOException e) {
          if (closed) {
            return; // Closing interrupts a request that is under way.
          }
          failures++;
          metrics.failed();
          unwell(String.valueOf(e.getMessage()), failures < MOST_TRIES, false);
          failures %= MOST_TRIES;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // It is closed.
    } catch (RuntimeException e) {
      metrics.failed();
      unwell("internal error: " + e, false, true);
    }
  }

  private Optional<CheckpointName> copy() throws IOException, InterruptedException {
    long before = task.bytesPut();
    try {
      return task.copyNewest();
    } finally {
      metrics.stored(task.bytesPut() - before);
    }
  }

  private static Duration pause(Duration took) {
    Duration pause = took.multipliedBy(PAUSES);
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /**
   * Waits at least so long, and until there is something to copy.
   *
   * @param mayHurry whether the first wait ends where somebody waits for the copy
   */
  private boolean await(Duration least, boolean mayHurry) throws InterruptedException {
    long left = least.toNanos();
    lock.lockInterruptibly();
    try {
      while (!closed && left > 0 && !(mayHurry && hurried)) {
        left = wake.awaitNanos(left);
      }
      while (!closed && !changed) {
        wake.await();
      }
      changed = false;
      busy = true;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void well(Optional<CheckpointName> done) {
    boolean again = !trouble.isEmpty();
    locked(
        () -> {
          trouble = "";
          copied = done.isPresent() ? done : copied;
        });
    if (again) {
      says.accept("copies to the object store are well again: " + standing());
    }
    settled(false, done.filter(CheckpointName::finished).isPresent());
  }

  /** What was to be said is said; whoever waits may go on. */
  private void settled(boolean again, boolean last) {
    locked(
        () -> {
          busy = false;
          changed |= again;
          ended |= last;
          settled.signalAll();
        });
  }

  private void unwell(String reason, boolean again, boolean last) {
    boolean news = trouble.isEmpty() || last;
    locked(() -> trouble = reason);
    if (news) {
      says.accept(
          "not copied to the object store"
              + (last ? " any more" : ", it is tried again")
              + ": "
              + reason);
    }
    settled(again, last);
  }

  /** Ends, whatever is under way: what is half copied is not there for anybody. */
  @Override
  public void close() {
    locked(
        () -> {
          closed = true;
          wake.signalAll();
        });
    thread.interrupt();
    try {
      thread.join(ENDING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
