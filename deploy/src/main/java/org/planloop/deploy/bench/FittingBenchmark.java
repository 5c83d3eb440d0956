package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.fitting.EnsembleFitter;
import org.planloop.fitting.Fitter;
import org.planloop.fitting.ResidentDraw;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayView;
import org.planloop.torch.Precision;

/** Gradient steps of ensembles, half-and-half draws from replay files included. */
final class FittingBenchmark implements Benchmark {
  private static final int CHUNKS = 20;
  private static final int DRAW_STATES = 23;
  private static final int DRAW_ACTIONS = 7;
  private static final int DRAW_CHUNKS = 100;
  private static final int DRAW_BATCH = 256;
  private static final int DRAW_BATCHES = 100;

  @Override
  public String name() {
    return "fitting";
  }

  @Override
  public String title() {
    return "gradient steps of ensembles, draws included, and the draws alone";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    List<Measurement> found = new ArrayList<>();
    Shape small = new Shape("step-5x2x64-batch-64", 4, 1, List.of(64, 64), 64, 1_000);
    Shape large = new Shape("step-5x4x200-batch-256", 20, 4, List.of(200, 200, 200, 200), 256, 60);
    found.add(step(setting, small, "", 1, Precision.FP32));
    found.add(step(setting, small, "-all-cores", 0, Precision.FP32));
    found.add(step(setting, large, "", 1, Precision.FP32));
    found.add(step(setting, large, "-all-cores", 0, Precision.FP32));
    if (setting.limits().multiplyBf16()) {
      found.add(step(setting, large, "-bf16", 1, Precision.BF16));
      found.add(step(setting, large, "-bf16-all-cores", 0, Precision.BF16));
    }
    setting.progress().accept("half-and-half draws");
    found.add(draw(setting));
    return found;
  }

  /**
   * What is fitted.
   *
   * @param hidden widths of the hidden layers of five networks
   * @param batch rows a step
   * @param steps of the shorter of two fits
   */
  private record Shape(
      String name, int stateSize, int actionSize, List<Integer> hidden, int batch, int steps) {
    /** Forward, and twice as much backward. */
    double flops() {
      double products = 0;
      int width = stateSize + actionSize;
      for (int next : hidden) {
        products += (double) width * next;
        width = next;
      }
      products += (double) width * 2 * stateSize;
      return 3 * 2 * products * 5 * batch;
    }
  }

  /**
   * The time of one step: two fits of different lengths, so that what every fit does once cancels.
   *
   * @param threads 0 for all cores
   */
  private static Measurement step(
      BenchSetting setting, Shape shape, String suffix, int threads, Precision precision)
      throws IOException {
    String name = shape.name() + suffix;
    setting.progress().accept(name);
    try (ReplayStore store =
        RandomRows.store(
            setting.scratch().resolve(name), shape.stateSize(), shape.actionSize(), CHUNKS)) {
      ReplayView view = store.view(1);
      Fitter few = fitter(shape, shape.steps(), threads, precision);
      Fitter many = fitter(shape, 3 * shape.steps(), threads, precision);
      Stopwatch watch = setting.stopwatch();
      fit(many, view);
      double[] seconds = new double[watch.repeats()];
      for (int i = 0; i < seconds.length; i++) {
        double once = watch.once(() -> fit(few, view));
        double thrice = watch.once(() -> fit(many, view));
        seconds[i] = Math.max(0, thrice - once) / (2 * shape.steps());
      }
      return Measurement.milliseconds(
          name,
          seconds,
          new Reference(
              "matrix products alone",
              1e3 * shape.flops() / setting.limits().flops(precision, threads)));
    }
  }

  /** Batches of 256 from 102,400 resident rows of 53 floats, filled in for the networks. */
  private static Measurement draw(BenchSetting setting) throws IOException {
    try (ReplayStore store =
            RandomRows.store(
                setting.scratch().resolve("draw"), DRAW_STATES, DRAW_ACTIONS, DRAW_CHUNKS);
        ResidentDraw draw =
            new ResidentDraw(
                store.view(1),
                RandomRows.states(DRAW_STATES),
                DRAW_ACTIONS,
                0.5,
                DRAW_BATCH,
                new RandomStream(1))) {
      double rowBytes = 4.0 * (2 * DRAW_STATES + DRAW_ACTIONS);
      return Measurement.rate(
          "draw-half-and-half",
          "rows/s",
          (double) DRAW_BATCH * DRAW_BATCHES,
          setting.stopwatch().time(() -> draw.batches(DRAW_BATCHES)),
          new Reference("reading the rows in order", setting.limits().readBytes() / rowBytes));
    }
  }

  private static void fit(Fitter fitter, ReplayView view) {
    fitter.fit(view, 0.5, Optional.empty(), new RandomStream(1));
  }

  private static Fitter fitter(Shape shape, int steps, int threads, Precision precision) {
    Experiment experiment =
        Settings.of(
            "cartpole-swingup",
            "dynamics.hidden=" + shape.hidden(),
            "dynamics.loss=gaussian-nll",
            "trainer.batch-size=" + shape.batch(),
            "trainer.steps=" + steps,
            "trainer.threads=" + threads,
            "trainer.precision=" + precision,
            "trainer.device=cpu");
    return new EnsembleFitter(
        RandomRows.states(shape.stateSize()),
        shape.actionSize(),
        experiment.dynamics(),
        experiment.trainer());
  }
}
