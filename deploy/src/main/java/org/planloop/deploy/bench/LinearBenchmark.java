package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;
import org.planloop.fitting.RidgeFitter;
import org.planloop.planning.Ilqr;
import org.planloop.planning.Lqr;
import org.planloop.planning.TrajectoryCost;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayView;

/** Linear fits to a million rows, and LQR and iLQR of 600 steps; 21 states and 4 actions. */
final class LinearBenchmark implements Benchmark {
  /** Chunks of a side; both sides together have a million rows. */
  private static final int CHUNKS = 977;

  private static final int STATES = VaryingSystem.STATES;
  private static final int ACTIONS = VaryingSystem.ACTIONS;

  /** Bytes of a stored row: state, action, next state, reward, episode, step, flags. */
  private static final double ROW_BYTES = 4.0 * (2 * STATES + ACTIONS + 4);

  /** Multiply-adds of a row: the upper half of z z', and z y'. */
  private static final double ROW_PRODUCTS =
      (STATES + ACTIONS) * (STATES + ACTIONS + 1) / 2.0 + (STATES + ACTIONS) * STATES;

  private record Weights(double[] stateWeights, double[] actionWeights) implements QuadraticCost {}

  @Override
  public String name() {
    return "linear";
  }

  @Override
  public String title() {
    return "linear fits to a million rows, LQR and iLQR of 600 steps; 21 states, 4 actions";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    List<Measurement> found = new ArrayList<>();
    try (ReplayStore store =
        RandomRows.store(setting.scratch().resolve("rows"), STATES, ACTIONS, CHUNKS)) {
      ReplayView view = store.view(1);
      found.add(fit(setting, "linear-fit-25x21", view, 1));
      found.add(
          fit(
              setting,
              "linear-fit-25x21-all-cores",
              view,
              Runtime.getRuntime().availableProcessors()));
    }
    found.add(lqr(setting));
    found.add(ilqr(setting));
    return found;
  }

  /** A whole fit, from rows in files to the model and its losses on both sides. */
  private static Measurement fit(BenchSetting setting, String name, ReplayView view, int threads) {
    setting.progress().accept(name);
    RidgeFitter fitter = new RidgeFitter(1e-3, RidgeFitter.identity(STATES, ACTIONS), threads);
    double rows = 2.0 * CHUNKS * RandomRows.CHUNK;
    Runnable fit = () -> fitter.fit(view, 0.5, Optional.empty(), new RandomStream(1));
    Measurement measured =
        Measurement.rate(
            name,
            "rows/s",
            rows,
            setting.stopwatch().time(fit),
            new Reference("reading the rows once", setting.limits().readBytes() / ROW_BYTES),
            new Reference(
                "their products in double", threads * setting.limits().flops() / 4 / ROW_PRODUCTS));
    // The threads of a fit end with it, and what they allocated is forgotten.
    return threads == 1
        ? measured.counting("bytes allocated a row", Allocations.ofAll(fit) / rows)
        : measured;
  }

  private static Measurement lqr(BenchSetting setting) {
    setting.progress().accept("LQR");
    VaryingSystem system = new VaryingSystem();
    ModelParameters.Linear first = system.first();
    QuadraticCost cost = weights(system);
    Runnable solve = () -> Lqr.finiteHorizon(first, cost, 1, VaryingSystem.STEPS);
    return Measurement.milliseconds("lqr-600x21", setting.stopwatch().time(solve))
        .counting("bytes allocated a step", Allocations.of(solve) / VaryingSystem.STEPS);
  }

  /** From no actions: a flight, one iteration, and the feedback about what it leads to. */
  private static Measurement ilqr(BenchSetting setting) {
    setting.progress().accept("iLQR");
    VaryingSystem system = new VaryingSystem();
    TrajectoryCost cost =
        TrajectoryCost.about(new double[VaryingSystem.STEPS + 1][STATES], weights(system));
    double[][] guess = new double[VaryingSystem.STEPS][ACTIONS];
    Ilqr.Settings once = Ilqr.Settings.direct(1, 1e-9);
    Runnable solve = () -> Ilqr.solve(system, cost, system.start(), guess, once);
    return Measurement.milliseconds("ilqr-600x21", setting.stopwatch().time(solve))
        .counting("bytes allocated a step", Allocations.of(solve) / VaryingSystem.STEPS);
  }

  private static Weights weights(VaryingSystem system) {
    return new Weights(system.stateWeights(), system.actionWeights());
  }
}
