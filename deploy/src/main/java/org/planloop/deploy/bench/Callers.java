package org.planloop.deploy.bench;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Pieces of work that run at once, each on a thread of its own; over when the last one is. */
final class Callers implements Runnable, AutoCloseable {
  private final List<? extends Runnable> works;
  private final ExecutorService threads;

  Callers(List<? extends Runnable> works) {
    this.works = List.copyOf(works);
    this.threads = Executors.newFixedThreadPool(works.size());
  }

  @Override
  public void run() {
    List<? extends Future<?>> running = works.stream().map(threads::submit).toList();
    try {
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("one of the callers failed", e);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
