package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.report.Quantiles;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.NeuralEnsembleModel;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.planning.PlanMemory;
import org.planloop.planning.Planner;
import org.planloop.planning.PlannerSettings;
import org.planloop.planning.Planners;
import org.planloop.planning.PlanningProblem;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/** Plans in neural ensembles: the default one, the paper's, and the bare sweep under them. */
final class PlanningBenchmark implements Benchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @Override
  public String name() {
    return "planning";
  }

  @Override
  public String title() {
    return "plans in neural ensembles, and the model evaluations under them";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) {
    List<Measurement> found = new ArrayList<>();
    defaultPlan(setting, found);
    wholePlan(setting, found);
    sweeps(setting, found);
    return found;
  }

  /** One environment's model, planner and memory, planning the same problem again and again. */
  private static final class Bench implements AutoCloseable {
    private final NeuralEnsembleModel model;
    private final Planner planner;
    private final PlanningProblem problem;
    private final PlanMemory[] memories;
    private final RandomStream[] random;
    private final double[] actions;

    Bench(
        Environment environment,
        ModelParameters.Ensemble parameters,
        PlannerSettings settings,
        int problems,
        int threads,
        Precision precision) {
      ActionSpace.Box box = (ActionSpace.Box) environment.actions();
      model = new NeuralEnsembleModel(parameters, threads, Device.CPU, precision);
      planner = Planners.create(settings);
      problem =
          new PlanningProblem(
              model,
              environment.objective(),
              box,
              1,
              problems,
              new float[problems * environment.states().size()]);
      memories = new PlanMemory[problems];
      random = new RandomStream[problems];
      for (int g = 0; g < problems; g++) {
        memories[g] = new PlanMemory();
        random[g] = new RandomStream(g);
      }
      actions = new double[problems * box.size()];
    }

    void plan() {
      planner.plan(problem, memories, random, actions);
    }

    /** Native calls that one plan makes. */
    double callsPerPlan() {
      long before = model.nativeCalls();
      plan();
      return model.nativeCalls() - before;
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static void defaultPlan(BenchSetting setting, List<Measurement> found) {
    setting.progress().accept("the default plan of cartpole-swingup");
    Experiment experiment = Settings.of("cartpole-swingup", "planner.device=cpu");
    Environment environment = Settings.environment(experiment);
    ModelParameters.Ensemble model =
        RandomModels.ensemble(
            environment.states(),
            1,
            experiment.dynamics().members(),
            experiment.dynamics().hidden(),
            false);
    PlannerSettings settings = experiment.planner();
    double evaluations = evaluations(settings, experiment.dynamics().members());
    Reference limit =
        new Reference(
            "matrix products alone", 1e3 * flops(model, evaluations) / setting.limits().flops());
    try (Bench one = new Bench(environment, model, settings, 1, 1, Precision.FP32);
        Bench shared = new Bench(environment, model, settings, 1, CORES, Precision.FP32);
        Bench sixteen = new Bench(environment, model, settings, 16, CORES, Precision.FP32)) {
      double[] seconds = setting.stopwatch().each(one::plan, 20);
      found.add(
          Measurement.milliseconds("plan-default", seconds, limit)
              .counting("native calls a plan", one.callsPerPlan())
              .counting("bytes allocated a plan", Allocations.of(one::plan)));
      Arrays.sort(seconds);
      found.add(
          Measurement.milliseconds("plan-default-p99", new double[] {Quantiles.of(seconds, 0.99)}));
      found.add(
          Measurement.milliseconds(
              "plan-default-all-cores",
              setting.stopwatch().each(shared::plan, 20),
              new Reference("one thread", 1e3 * Quantiles.median(seconds))));
      double[] batch = setting.stopwatch().time(sixteen::plan);
      double alone = 1 / Quantiles.median(seconds);
      found.add(
          Measurement.rate(
              "plan-default-16-at-once",
              "plans/s",
              16,
              batch,
              new Reference("one at a time", alone)));
    }
  }

  /** Evaluations of single networks in one plan of iCEM's shrinking population. */
  private static double evaluations(PlannerSettings settings, int members) {
    double plans = 0;
    for (int round = 0; round < settings.rounds(); round++) {
      plans +=
          Math.max(
              2.0 * settings.elites(), settings.population() / Math.pow(settings.decay(), round));
    }
    return plans * settings.horizon() * settings.particles() * members;
  }

  private static double flops(ModelParameters.Ensemble model, double evaluations) {
    double products = 0;
    for (int l = 0; l < model.architecture().layers(); l++) {
      products += (double) model.architecture().fanIn(l) * model.architecture().fanOut(l);
    }
    return 2 * products * evaluations;
  }

  /** 750,000 evaluations: five networks of 3 x 200, CEM 5 x 500, horizon 15, 20 particles. */
  private static void wholePlan(BenchSetting setting, List<Measurement> found) {
    setting.progress().accept("a whole plan of 750,000 model evaluations");
    Environment environment = Settings.environment(Settings.of("cartpole-balance"));
    ModelParameters.Ensemble model =
        RandomModels.ensemble(environment.states(), 1, 5, List.of(200, 200, 200), true);
    PlannerSettings settings =
        Settings.of(
                "cartpole-balance",
                "planner.kind=cem",
                "planner.horizon=15",
                "planner.population=500",
                "planner.rounds=5",
                "planner.elites=50",
                "planner.keep=0",
                "planner.particles=20",
                "planner.propagation=ts-infinity",
                "planner.sampled-noise=true",
                "planner.device=cpu")
            .planner();
    double flops = flops(model, 5.0 * 500 * 15 * 20);
    try (Bench one = new Bench(environment, model, settings, 1, 1, Precision.FP32);
        Bench all = new Bench(environment, model, settings, 1, CORES, Precision.FP32)) {
      Reference products =
          new Reference("matrix products alone", 1e3 * flops / setting.limits().flops());
      double[] alone = setting.stopwatch().time(one::plan);
      found.add(
          Measurement.milliseconds("plan-750k-one-thread", alone, products)
              .counting("native calls a plan", one.callsPerPlan()));
      Reference thread = new Reference("one thread", 1e3 * Quantiles.median(alone));
      found.add(
          Measurement.milliseconds(
              "plan-750k-all-cores", setting.stopwatch().time(all::plan), thread));
      if (setting.limits().multiplyBf16()) {
        try (Bench half = new Bench(environment, model, settings, 1, CORES, Precision.BF16)) {
          found.add(
              Measurement.milliseconds(
                  "plan-750k-bf16-all-cores", setting.stopwatch().time(half::plan), thread));
        }
      }
    }
  }

  /** 25 steps of 400 plans through every one of five networks 24 -> 4 x 200 -> 20, mean taken. */
  private static void sweeps(BenchSetting setting, List<Measurement> found) {
    setting.progress().accept("a sweep of 25 steps, 400 plans, five networks of 4 x 200");
    ModelParameters.Ensemble parameters =
        RandomModels.ensemble(RandomRows.states(20), 4, 5, List.of(200, 200, 200, 200), false);
    found.add(sweep(setting, parameters, "one-thread", 1, Precision.FP32));
    found.add(sweep(setting, parameters, "all-cores", CORES, Precision.FP32));
    if (setting.limits().multiplyBf16()) {
      found.add(sweep(setting, parameters, "bf16-one-thread", 1, Precision.BF16));
      found.add(sweep(setting, parameters, "bf16-all-cores", CORES, Precision.BF16));
    }
  }

  private static Measurement sweep(
      BenchSetting setting,
      ModelParameters.Ensemble parameters,
      String suffix,
      int threads,
      Precision precision) {
    RolloutRequest request =
        new RolloutRequest(
            1,
            400,
            25,
            1,
            new float[20],
            new float[400 * 25 * 4],
            Propagation.EXPECTATION,
            false,
            new RandomStream[] {new RandomStream(1)});
    double flops = flops(parameters, 25.0 * 400 * 5);
    try (DynamicsModel model =
        new NeuralEnsembleModel(parameters, threads, Device.CPU, precision)) {
      return Measurement.milliseconds(
          "sweep-25x400x5-" + suffix,
          setting.stopwatch().time(() -> model.rollout(request)),
          new Reference(
              "matrix products alone", 1e3 * flops / setting.limits().flops(precision, threads)));
    }
  }
}
