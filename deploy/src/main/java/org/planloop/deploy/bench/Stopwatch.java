package org.planloop.deploy.bench;

import java.util.function.LongSupplier;

/**
 * Times pieces of work: warms up, then repeats, each repeat long enough that the clock's grain does
 * not matter.
 *
 * @param nanoTime a clock that only goes forward
 * @param warmUpSeconds time before the first sample
 * @param repeats samples to take
 */
public record Stopwatch(LongSupplier nanoTime, double warmUpSeconds, int repeats) {
  private static final double LEAST_SAMPLE_SECONDS = 0.02;

  /**
   * Seconds that {@code work} takes, one a repeat: the mean of as many calls as fill a sample.
   *
   * @param work does the same every time
   */
  public double[] time(Runnable work) {
    double once = warmUp(work);
    int calls = (int) Math.max(1, Math.ceil(LEAST_SAMPLE_SECONDS / Math.max(once, 1e-9)));
    double[] seconds = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      long from = nanoTime.getAsLong();
      for (int call = 0; call < calls; call++) {
        work.run();
      }
      seconds[i] = 1e-9 * (nanoTime.getAsLong() - from) / calls;
    }
    return seconds;
  }

  /**
   * Seconds of single calls, for percentiles: as many as {@code repeats} times {@code
   * callsPerRepeat}.
   */
  public double[] each(Runnable work, int callsPerRepeat) {
    double unused = warmUp(work);
    double[] seconds = new double[repeats * callsPerRepeat];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = once(work);
    }
    return seconds;
  }

  /** Seconds of one call. */
  public double once(Runnable work) {
    long from = nanoTime.getAsLong();
    work.run();
    return 1e-9 * (nanoTime.getAsLong() - from);
  }

  /** Calls until the warm-up is over, and returns the fastest call. */
  private double warmUp(Runnable work) {
    double fastest = Double.POSITIVE_INFINITY;
    long from = nanoTime.getAsLong();
    do {
      fastest = Math.min(fastest, once(work));
    } while (1e-9 * (nanoTime.getAsLong() - from) < warmUpSeconds);
    return fastest;
  }
}
