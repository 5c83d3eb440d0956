package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.planloop.deploy.report.Quantiles;

/** Environments stepped with random actions, sixteen copies at once, on one thread. */
final class RolloutBenchmark implements Benchmark {
  private static final int COPIES = 16;

  @Override
  public String name() {
    return "rollouts";
  }

  @Override
  public String title() {
    return "environments stepped with random actions, sixteen copies on one thread; and by workers"
        + " into replay files";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    return List.of(
        stepping(setting, "pendulum"),
        stepping(setting, "cartpole-swingup"),
        stepping(setting, "helicopter-hover"),
        intoReplay(setting));
  }

  /** Pendulums flown by one worker a core, until their transitions are on disk. */
  private static Measurement intoReplay(BenchSetting setting) throws IOException {
    setting.progress().accept("pendulums through workers into replay files");
    int cores = Runtime.getRuntime().availableProcessors();
    List<Stepping> bare = new ArrayList<>();
    try (WorkerPath path = new WorkerPath("pendulum", setting.scratch().resolve("replay"), cores)) {
      for (int i = 0; i < cores; i++) {
        bare.add(new Stepping(Settings.environment(Settings.of("pendulum")), COPIES));
      }
      try (Callers callers = new Callers(bare)) {
        double steps = bare.stream().mapToDouble(Stepping::steps).sum();
        double[] alone = setting.stopwatch().time(callers);
        return Measurement.rate(
                "transitions-into-replay",
                "transitions/s",
                path.transitions(),
                setting.stopwatch().time(path),
                new Reference("stepping alone, all cores", steps / Quantiles.median(alone)))
            .counting("bytes allocated a transition", Allocations.ofAll(path) / path.transitions());
      }
    } finally {
      bare.forEach(Stepping::close);
    }
  }

  private static Measurement stepping(BenchSetting setting, String name) {
    setting.progress().accept("stepping " + name);
    try (Stepping stepping = new Stepping(Settings.environment(Settings.of(name)), COPIES)) {
      double[] seconds = setting.stopwatch().time(stepping);
      return Measurement.rate("stepping-" + name, "steps/s", stepping.steps(), seconds)
          .counting("bytes allocated a step", Allocations.of(stepping) / stepping.steps());
    }
  }
}
