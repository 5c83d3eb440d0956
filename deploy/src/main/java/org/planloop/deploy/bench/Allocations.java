package org.planloop.deploy.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes of garbage that a piece of work makes. */
final class Allocations {
  private static final int CALLS = 10;

  private Allocations() {}

  /** On the calling thread: the mean of a few calls, after as many that are not counted. */
  static double of(Runnable work) {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long from = 0;
    for (int i = 0; i < 2 * CALLS; i++) {
      if (i == CALLS) {
        from = bean.getCurrentThreadAllocatedBytes();
      }
      work.run();
    }
    return (double) (bean.getCurrentThreadAllocatedBytes() - from) / CALLS;
  }

  /** On all threads, none of which may end meanwhile: of a call, after one that is not counted. */
  static double ofAll(Runnable work) {
    work.run();
    long before = allThreads();
    work.run();
    return (double) allThreads() - before;
  }

  private static long allThreads() {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : bean.getThreadAllocatedBytes(bean.getAllThreadIds())) {
      // A thread that has ended since says -1.
      sum += Math.max(0, bytes);
    }
    return sum;
  }
}
