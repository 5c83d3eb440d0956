package org.planloop.deploy.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for work that blocks or computes, apart from the actors' dispatchers. */
public final class NodeThreads implements AutoCloseable {
  private final List<ExecutorService> executors = new ArrayList<>();

  /**
   * @param name of the threads, in thread dumps
   */
  public synchronized ExecutorService executor(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    ExecutorService executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "planloop-" + name + "-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    executors.add(executor);
    return executor;
  }

  @Override
  public synchronized void close() {
    executors.forEach(ExecutorService::shutdownNow);
  }
}
