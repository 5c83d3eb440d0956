package org.planloop.deploy.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * How to measure.
 *
 * @param stopwatch warms up, repeats, times
 * @param limits what this machine can do at most, measured in the same run
 * @param scratch an empty folder
 * @param planloop the command that starts another process of this very program
 * @param progress is told what is being measured
 */
public record BenchSetting(
    Stopwatch stopwatch,
    MachineLimits limits,
    Path scratch,
    List<String> planloop,
    Consumer<String> progress) {
  public BenchSetting {
    planloop = List.copyOf(planloop);
  }
}
