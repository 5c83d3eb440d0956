package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.environment.Environment;
import org.planloop.fitting.EnsembleFitter;
import org.planloop.fitting.Fitter;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayView;

/**
 * How a gradient step of {@code cartpole-swingup}'s ensemble grows, half-and-half draws included.
 */
final class FitScaling {
  static final int[] MEMBERS = {1, 2, 4, 8, 16, 32};
  static final int[] WIDTHS = {16, 32, 64, 128, 256, 512};
  private static final String STEP = "gradient step";
  private static final int CHUNKS = 20;

  /** Multiplications a row and step, over all networks, that about a millisecond is enough for. */
  private static final double FEW = 1e5;

  private static final int MOST_STEPS = 400;
  private static final int LEAST_STEPS = 10;

  private final Stopwatch stopwatch;
  private final Path scratch;
  private final Consumer<String> progress;

  FitScaling(Stopwatch stopwatch, Path scratch, Consumer<String> progress) {
    this.stopwatch = stopwatch;
    this.scratch = scratch;
    this.progress = progress;
  }

  void members(ScalingCurve curve, int[] counts) throws IOException {
    for (int members : counts) {
      progress.accept("gradient steps of " + members + " networks");
      curve.milliseconds(STEP, members, step("members-" + members, members, 64));
    }
  }

  void width(ScalingCurve curve, int[] widths) throws IOException {
    for (int width : widths) {
      progress.accept("gradient steps of networks of width " + width);
      curve.milliseconds(STEP, width, step("width-" + width, 5, width));
    }
  }

  /** Two fits of different lengths, so that what every fit does once cancels. */
  private double[] step(String name, int members, int width) throws IOException {
    double work = (double) members * width * width;
    int steps = (int) Math.max(LEAST_STEPS, Math.min(MOST_STEPS, 100 * FEW / work));
    try (ReplayStore store = RandomRows.store(scratch.resolve(name), 4, 1, CHUNKS)) {
      ReplayView view = store.view(1);
      Fitter few = fitter(members, width, steps);
      Fitter many = fitter(members, width, 3 * steps);
      fit(many, view);
      double[] seconds = new double[stopwatch.repeats()];
      for (int i = 0; i < seconds.length; i++) {
        double once = stopwatch.once(() -> fit(few, view));
        double thrice = stopwatch.once(() -> fit(many, view));
        // A pause of the machine may make the shorter one the slower one.
        seconds[i] = Math.max(1e-7, thrice - once) / (2 * steps);
      }
      return seconds;
    }
  }

  private static void fit(Fitter fitter, ReplayView view) {
    fitter.fit(view, 0.5, Optional.empty(), new RandomStream(1));
  }

  private static Fitter fitter(int members, int width, int steps) {
    Experiment experiment =
        Settings.of(
            "cartpole-swingup",
            "dynamics.members=" + members,
            "dynamics.hidden=" + List.of(width, width),
            "trainer.steps=" + steps,
            "trainer.device=cpu");
    Environment environment = Settings.environment(experiment);
    return new EnsembleFitter(environment.states(), 1, experiment.dynamics(), experiment.trainer());
  }
}
