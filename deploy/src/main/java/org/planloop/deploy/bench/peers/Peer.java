package org.planloop.deploy.bench.peers;

/**
 * A Python library that does the work of one of our figures.
 *
 * @param benchmark the benchmark that the figure belongs to
 * @param figure name of the figure
 * @param library what a user knows it by
 * @param script the resource beside this class that does the work, see {@code protocol.py}
 * @param work which of the script's cases
 * @param threads how many threads it may use
 */
public record Peer(
    String benchmark, String figure, String library, String script, String work, Threads threads) {

  /** Threads of a peer. */
  public enum Threads {
    ONE,
    /** As many as there are cores. */
    ALL;

    int count(int cores) {
      return this == ONE ? 1 : cores;
    }
  }

  /** What stands beside the figure, for example {@code mbrl-lib, 2 threads}. */
  public String label(int cores) {
    int count = threads.count(cores);
    return library + ", " + count + (count == 1 ? " thread" : " threads");
  }
}
