package org.planloop.deploy.bench;

import java.util.Arrays;
import java.util.List;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;

/** Environments stepped with random actions, sixteen copies at once, on one thread. */
final class RolloutBenchmark implements Benchmark {
  private static final int COPIES = 16;

  @Override
  public String name() {
    return "rollouts";
  }

  @Override
  public String title() {
    return "environments stepped with random actions, sixteen copies on one thread";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) {
    return List.of(
        stepping(setting, "pendulum"),
        stepping(setting, "cartpole-swingup"),
        stepping(setting, "helicopter-hover"));
  }

  private static Measurement stepping(BenchSetting setting, String name) {
    setting.progress().accept("stepping " + name);
    Environment environment = Settings.environment(Settings.of(name));
    ActionSpace.Box box = (ActionSpace.Box) environment.actions();
    int episode = environment.maxSteps();
    RandomStream random = new RandomStream(1);
    double[] actions = new double[COPIES * box.size()];
    boolean[] active = new boolean[COPIES];
    StepResult result = new StepResult(COPIES, environment.states().size());
    try (VectorEnvironment copies = environment.open(COPIES)) {
      Runnable fly =
          () -> {
            Arrays.fill(active, true);
            for (int slot = 0; slot < COPIES; slot++) {
              copies.reset(slot, random.split());
            }
            for (int step = 0; step < episode; step++) {
              for (int i = 0; i < actions.length; i++) {
                int a = i % box.size();
                actions[i] = random.nextDouble(box.low()[a], box.high()[a]);
              }
              copies.step(active, actions, result);
              for (int slot = 0; slot < COPIES; slot++) {
                if (result.terminated[slot]) {
                  copies.reset(slot, random.split());
                }
              }
            }
          };
      double[] seconds = setting.stopwatch().time(fly);
      double steps = (double) COPIES * episode;
      return Measurement.rate("stepping-" + name, "steps/s", steps, seconds)
          .counting("bytes allocated a step", Allocations.of(fly) / steps);
    }
  }
}
