package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.environment.StateSpace;
import org.planloop.fitting.EnsembleFitter;
import org.planloop.fitting.Fitter;
import org.planloop.fitting.GramSums;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayView;

/** Gradient steps of ensembles, half-and-half draws from replay files included; linear sums. */
final class FittingBenchmark implements Benchmark {
  private static final int CHUNKS = 20;
  private static final int GRAM_ROWS = 100_000;
  private static final int GRAM_INPUTS = 25;
  private static final int GRAM_OUTPUTS = 21;

  @Override
  public String name() {
    return "fitting";
  }

  @Override
  public String title() {
    return "gradient steps of ensembles, draws included, and the sums of linear fits";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    List<Measurement> found = new ArrayList<>();
    setting.progress().accept("gradient steps of five networks of 2 x 64, batch 64");
    found.add(step(setting, "step-5x2x64-batch-64", 4, 1, List.of(64, 64), 64, 1_000));
    setting.progress().accept("gradient steps of five networks of 4 x 200, batch 256");
    found.add(step(setting, "step-5x4x200-batch-256", 20, 4, List.of(200, 200, 200, 200), 256, 60));
    setting.progress().accept("sums of a linear fit");
    found.add(gram(setting));
    return found;
  }

  /**
   * The time of one step: two fits of different lengths, so that what every fit does once cancels.
   */
  private static Measurement step(
      BenchSetting setting,
      String name,
      int stateSize,
      int actionSize,
      List<Integer> hidden,
      int batch,
      int steps)
      throws IOException {
    try (ReplayStore store =
        RandomRows.store(setting.scratch().resolve(name), stateSize, actionSize, CHUNKS)) {
      ReplayView view = store.view(1);
      Fitter few = fitter(stateSize, actionSize, hidden, batch, steps);
      Fitter many = fitter(stateSize, actionSize, hidden, batch, 3 * steps);
      Stopwatch watch = setting.stopwatch();
      fit(many, view);
      double[] seconds = new double[watch.repeats()];
      for (int i = 0; i < seconds.length; i++) {
        double once = watch.once(() -> fit(few, view));
        double thrice = watch.once(() -> fit(many, view));
        seconds[i] = Math.max(0, thrice - once) / (2 * steps);
      }
      return Measurement.milliseconds(
          name,
          seconds,
          new Reference(
              "matrix products alone",
              1e3 * flops(stateSize, actionSize, hidden, batch) / setting.limits().flops()));
    }
  }

  private static void fit(Fitter fitter, ReplayView view) {
    fitter.fit(view, 0.5, Optional.empty(), new RandomStream(1));
  }

  private static Fitter fitter(
      int stateSize, int actionSize, List<Integer> hidden, int batch, int steps) {
    String[] names = new String[stateSize];
    Arrays.setAll(names, i -> "s" + i);
    Experiment experiment =
        Settings.of(
            "cartpole-swingup",
            "dynamics.hidden=" + hidden,
            "dynamics.loss=gaussian-nll",
            "trainer.batch-size=" + batch,
            "trainer.steps=" + steps,
            "trainer.device=cpu");
    return new EnsembleFitter(
        StateSpace.of(names), actionSize, experiment.dynamics(), experiment.trainer());
  }

  /** Forward, and twice as much backward. */
  private static double flops(int stateSize, int actionSize, List<Integer> hidden, int batch) {
    double products = 0;
    int width = stateSize + actionSize;
    for (int next : hidden) {
      products += (double) width * next;
      width = next;
    }
    products += (double) width * 2 * stateSize;
    return 3 * 2 * products * 5 * batch;
  }

  private static Measurement gram(BenchSetting setting) {
    double[] z = new double[GRAM_INPUTS];
    double[] y = new double[GRAM_OUTPUTS];
    RandomStream random = new RandomStream(1);
    Arrays.setAll(z, i -> random.nextDouble());
    Arrays.setAll(y, i -> random.nextDouble());
    double[] seconds =
        setting
            .stopwatch()
            .time(
                () -> {
                  GramSums sums = new GramSums(GRAM_INPUTS, GRAM_OUTPUTS);
                  for (int i = 0; i < GRAM_ROWS; i++) {
                    sums.add(z, y);
                  }
                });
    double rowBytes = 4.0 * (GRAM_INPUTS + GRAM_OUTPUTS);
    return Measurement.rate(
        "gram-25x21",
        "rows/s",
        GRAM_ROWS,
        seconds,
        new Reference("reading the rows", setting.limits().readBytes() / rowBytes));
  }
}
