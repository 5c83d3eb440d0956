package org.planloop.fitting;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayView;

/**
 * Sums over a whole side, by several threads: the side is cut into slices whose number and borders
 * depend on its size alone, each slice is summed in order by one thread, and the slices' sums are
 * added up in order. So the result is the same to the bit for any number of threads.
 */
final class SideSlices {
  /** Slices at most: enough to keep cores busy, few enough to hold a sum of each. */
  private static final int SLICES = 16;

  private SideSlices() {}

  /** What is summed. */
  interface Summation<T> {
    /** A sum of nothing. */
    T empty();

    /** Adds the rows of a block; sums of different slices are added to at the same time. */
    void add(T sum, TransitionBatch block);

    /** Adds the sum of the rows that come next. */
    void append(T sum, T next);
  }

  /**
   * The sum over a side.
   *
   * @param threads that sum at the same time, 0 for one a core; with 1 it is the calling one
   * @throws java.util.concurrent.CompletionException if rows could not be had, or the calling
   *     thread is interrupted
   */
  static <T> T of(ReplayView data, Provenance side, int threads, Summation<T> summation) {
    int blocks = SideBlocks.count(data.size(side));
    int slices = Math.min(SLICES, blocks);
    int workers =
        Math.min(slices, threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    T total = summation.empty();
    if (workers <= 1) {
      for (int k = 0; k < slices; k++) {
        summation.append(total, slice(data, side, k, slices, summation));
      }
      return total;
    }
    ExecutorService pool = Executors.newFixedThreadPool(workers, daemons());
    try {
      Queue<CompletableFuture<T>> sums = new ArrayDeque<>();
      for (int k = 0; k < slices; k++) {
        int slice = k;
        sums.add(
            CompletableFuture.supplyAsync(() -> slice(data, side, slice, slices, summation), pool));
      }
      while (!sums.isEmpty()) {
        summation.append(total, Answers.await(sums.remove()));
      }
      return total;
    } finally {
      pool.shutdownNow();
    }
  }

  private static <T> T slice(
      ReplayView data, Provenance side, int slice, int slices, Summation<T> summation) {
    long blocks = SideBlocks.count(data.size(side));
    T sum = summation.empty();
    SideBlocks.forEach(
        data,
        side,
        (int) (slice * blocks / slices),
        (int) ((slice + 1) * blocks / slices),
        block -> summation.add(sum, block));
    return sum;
  }

  private static ThreadFactory daemons() {
    return task -> {
      Thread thread = new Thread(task, "planloop-fitting-slice");
      thread.setDaemon(true);
      return thread;
    };
  }
}
