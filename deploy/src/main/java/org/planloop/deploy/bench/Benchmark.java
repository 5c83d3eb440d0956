package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.List;

/** One part of the loop that is measured. */
public interface Benchmark {
  /** What it is called on the command line. */
  String name();

  /** What it measures, in one line. */
  String title();

  /**
   * Measures.
   *
   * @throws IOException if its scratch files cannot be written
   */
  List<Measurement> run(BenchSetting setting) throws IOException;
}
