package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.planloop.deploy.bench.process.ChildProcess;

/** Whole processes, from nothing to the result. */
final class CampaignBenchmark implements Benchmark {
  private static final int REPEATS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "campaign";
  }

  @Override
  public String title() {
    return "whole campaigns, each a process of its own, from start to report";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    setting.progress().accept("train counterexample");
    double[] small = whole(setting, "counterexample");
    setting.progress().accept("train cartpole-swingup, 1,600 steps");
    double[] large =
        whole(
            setting,
            "cartpole-swingup",
            "--strategy",
            "learner-only",
            "--set",
            "evaluation.episodes=0");
    return List.of(
        Measurement.milliseconds("campaign-counterexample", small),
        Measurement.milliseconds("campaign-swingup-1600-steps", large));
  }

  private static double[] whole(BenchSetting setting, String experiment, String... more)
      throws IOException {
    double[] seconds = new double[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
      Path folder = setting.scratch().resolve(experiment + "-" + i);
      List<String> command = new ArrayList<>(setting.planloop());
      command.addAll(List.of("train", experiment, "--seed", "" + i, "--out", folder.toString()));
      command.addAll(List.of(more));
      long from = setting.stopwatch().nanoTime().getAsLong();
      run(command, setting.scratch().resolve(experiment + "-" + i + ".log"));
      seconds[i] = 1e-9 * (setting.stopwatch().nanoTime().getAsLong() - from);
    }
    return seconds;
  }

  private static void run(List<String> command, Path log) throws IOException {
    try (ChildProcess child = ChildProcess.start(command, log)) {
      child.await(PATIENCE);
    }
  }
}
