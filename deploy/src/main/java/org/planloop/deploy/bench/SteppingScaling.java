package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** How stepping grows with the copies of one worker, and with workers at once. */
final class SteppingScaling {
  private static final List<String> NAMES =
      List.of("pendulum", "cartpole-swingup", "helicopter-hover");
  private static final int COPIES = 16;

  private final Stopwatch stopwatch;
  private final int cores;
  private final Consumer<String> progress;

  SteppingScaling(Stopwatch stopwatch, int cores, Consumer<String> progress) {
    this.stopwatch = stopwatch;
    this.cores = cores;
    this.progress = progress;
  }

  List<ScalingCurve> curves() {
    return List.of(copies(), workers());
  }

  private ScalingCurve copies() {
    ScalingCurve curve =
        new ScalingCurve(
            "copies",
            "environment steps a second, by copies of one worker, one thread",
            "copies",
            "million steps/s");
    for (String name : NAMES) {
      for (int copies = 1; copies <= 1024; copies *= 4) {
        progress.accept("stepping " + copies + " copies of " + name);
        try (Stepping stepping = stepping(name, copies)) {
          curve.millions(name, copies, stepping.steps(), stopwatch.time(stepping));
        }
      }
    }
    return curve;
  }

  private ScalingCurve workers() {
    ScalingCurve curve =
        new ScalingCurve(
            "workers-steps",
            "environment steps a second, by workers of " + COPIES + " copies each",
            "workers",
            "million steps/s");
    for (String name : NAMES) {
      for (int workers = 1; workers <= 4 * cores; workers *= 2) {
        progress.accept(workers + " workers stepping " + name);
        List<Stepping> all = new ArrayList<>();
        try {
          for (int i = 0; i < workers; i++) {
            all.add(stepping(name, COPIES));
          }
          try (Callers callers = new Callers(all)) {
            double steps = all.stream().mapToDouble(Stepping::steps).sum();
            curve.millions(name, workers, steps, stopwatch.time(callers));
          }
        } finally {
          all.forEach(Stepping::close);
        }
      }
    }
    return curve;
  }

  private static Stepping stepping(String name, int copies) {
    return new Stepping(Settings.environment(Settings.of(name)), copies);
  }
}
