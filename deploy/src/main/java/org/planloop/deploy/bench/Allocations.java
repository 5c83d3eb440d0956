package org.planloop.deploy.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes of garbage that a piece of work makes on the calling thread. */
final class Allocations {
  private static final int CALLS = 10;

  private Allocations() {}

  /** The mean of a few calls, after as many that are not counted. */
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
}
