package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.planning.PlanMemory;
import org.planloop.planning.Planner;
import org.planloop.planning.Planners;
import org.planloop.planning.PlanningProblem;
import org.planloop.torch.Device;

/** How the default plan of {@code cartpole-swingup} grows when one of its settings does. */
final class PlanScaling {
  private static final String EXPERIMENT = "cartpole-swingup";
  static final String PLAN = "plan";
  private static final int WARM_UP_PLANS = 300;
  private static final String MILLISECONDS = "milliseconds";

  private final Stopwatch stopwatch;
  private final int cores;
  private final Consumer<String> progress;

  PlanScaling(Stopwatch stopwatch, int cores, Consumer<String> progress) {
    this.stopwatch = stopwatch;
    this.cores = cores;
    this.progress = progress;
  }

  /** Plans until the virtual machine has compiled what plans run through. */
  void warmUp() {
    progress.accept("warming up");
    try (Rig rig = new Rig(5, List.of(64, 64), 1, 1)) {
      for (int i = 0; i < WARM_UP_PLANS; i++) {
        rig.run();
      }
    }
  }

  private static String label(int threads) {
    return threads == 1 ? "one thread" : threads + " threads";
  }

  private List<Integer> oneAndAll() {
    return cores == 1 ? List.of(1) : List.of(1, cores);
  }

  ScalingCurve population() {
    ScalingCurve curve =
        new ScalingCurve("population", "a plan, by candidates a round", "candidates", MILLISECONDS);
    for (int population : new int[] {32, 64, 128, 256, 512, 1024, 2048}) {
      progress.accept("plans of " + population + " candidates");
      for (int threads : oneAndAll()) {
        try (Rig rig =
            new Rig(5, List.of(64, 64), 1, threads, "planner.population=" + population)) {
          curve.milliseconds(label(threads), population, stopwatch.time(rig));
        }
      }
    }
    return curve;
  }

  ScalingCurve horizon() {
    ScalingCurve curve =
        new ScalingCurve("horizon", "a plan, by its horizon", "steps ahead", MILLISECONDS);
    for (int horizon : new int[] {5, 10, 20, 40, 80, 160}) {
      progress.accept("plans of " + horizon + " steps");
      for (int threads : oneAndAll()) {
        try (Rig rig = new Rig(5, List.of(64, 64), 1, threads, "planner.horizon=" + horizon)) {
          curve.milliseconds(label(threads), horizon, stopwatch.time(rig));
        }
      }
    }
    return curve;
  }

  ScalingCurve members() {
    ScalingCurve curve =
        new ScalingCurve(
            "members",
            "a plan and a gradient step (batch 64), by networks, one thread",
            "networks of 2 x 64",
            MILLISECONDS);
    for (int members : FitScaling.MEMBERS) {
      progress.accept("plans in " + members + " networks");
      try (Rig rig = new Rig(members, List.of(64, 64), 1, 1)) {
        curve.milliseconds(PLAN, members, stopwatch.time(rig));
      }
    }
    return curve;
  }

  ScalingCurve width() {
    ScalingCurve curve =
        new ScalingCurve(
            "width",
            "a plan and a gradient step (batch 64), by width of five networks, one thread",
            "units in each of two layers",
            MILLISECONDS);
    for (int width : FitScaling.WIDTHS) {
      progress.accept("plans in networks of width " + width);
      try (Rig rig = new Rig(5, List.of(width, width), 1, 1)) {
        curve.milliseconds(PLAN, width, stopwatch.time(rig));
      }
    }
    return curve;
  }

  ScalingCurve problems() {
    ScalingCurve curve =
        new ScalingCurve(
            "problems",
            "plans a second, by environments planned in one call",
            "environments a call",
            "plans/s");
    for (int problems : new int[] {1, 2, 4, 8, 16, 32, 64}) {
      progress.accept(problems + " plans at once");
      for (int threads : oneAndAll()) {
        try (Rig rig = new Rig(5, List.of(64, 64), problems, threads)) {
          curve.rate(label(threads), problems, problems, stopwatch.time(rig));
        }
      }
    }
    return curve;
  }

  ScalingCurve workers() {
    ScalingCurve curve =
        new ScalingCurve(
            "workers-plans",
            "plans a second, by callers at once, each one thread",
            "callers",
            "plans/s");
    for (int workers = 1; workers <= 4 * cores; workers *= 2) {
      progress.accept("plans of " + workers + " callers");
      for (int problems : new int[] {1, 16}) {
        List<Rig> rigs = new ArrayList<>();
        try {
          for (int i = 0; i < workers; i++) {
            rigs.add(new Rig(5, List.of(64, 64), problems, 1));
          }
          try (Callers callers = new Callers(rigs)) {
            String line = problems == 1 ? "one environment each" : problems + " environments each";
            curve.rate(line, workers, (double) workers * problems, stopwatch.time(callers));
          }
        } finally {
          rigs.forEach(Rig::close);
        }
      }
    }
    return curve;
  }

  /** One caller's model, planner and memory, planning the same problems again and again. */
  private static final class Rig implements Runnable, AutoCloseable {
    private final DynamicsModel model;
    private final Planner planner;
    private final PlanningProblem problem;
    private final PlanMemory[] memories;
    private final RandomStream[] random;
    private final double[] actions;

    Rig(int members, List<Integer> hidden, int problems, int threads, String... settings) {
      String[] all = Arrays.copyOf(settings, settings.length + 1);
      all[settings.length] = "planner.device=cpu";
      Experiment experiment = Settings.of(EXPERIMENT, all);
      Environment environment = Settings.environment(experiment);
      ActionSpace.Box box = (ActionSpace.Box) environment.actions();
      ModelParameters.Ensemble parameters =
          RandomModels.ensemble(environment.states(), box.size(), members, hidden, false);
      model = DynamicsModels.open(parameters, environment, threads, Device.CPU);
      planner = Planners.create(experiment.planner());
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

    @Override
    public void run() {
      planner.plan(problem, memories, random, actions);
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
