package org.planloop.deploy.reproduce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.reproduce.Campaigns.Flown;
import org.planloop.deploy.reproduce.Campaigns.Order;
import org.planloop.diagnostics.FiniteDifference;
import org.planloop.diagnostics.FiniteProcess;
import org.planloop.diagnostics.PerformanceDifference;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environments.counterexample.CounterexampleModels;
import org.planloop.policy.PolicyDefinition;
import org.planloop.storage.PolicyFolder;

/**
 * The terms in the counterexample, exactly: as the campaign measures them, and lazily, computed
 * from the policy and the model of every iteration.
 */
final class LemmaCounterexample {
  private static final int ITERATIONS = 5;

  private LemmaCounterexample() {}

  private record Arm(String name, Strategy strategy, String initial) {}

  private static final List<Arm> ARMS =
      List.of(
          new Arm("EXPERT_ONLY from M1", Strategy.EXPERT_ONLY, "M1"),
          new Arm("LEARNER_ONLY from M2", Strategy.LEARNER_ONLY, "M2"),
          new Arm("MIXED from M1", Strategy.MIXED, "M1"));

  static Table table(StudySetting setting) {
    List<Order> orders = new ArrayList<>();
    for (Arm arm : ARMS) {
      orders.add(
          new Order(
              arm.name(),
              "counterexample",
              arm.strategy(),
              0,
              List.of(
                  "dynamics.initial=" + arm.initial(),
                  "campaign.iterations=" + ITERATIONS,
                  "diagnostics.performance-difference=on",
                  "diagnostics.episodes=2")));
    }
    Table.Rows rows =
        Table.of(
            "lemma-counterexample",
            "arm",
            "iteration",
            "gap",
            "learner_fit",
            "expert_fit",
            "planning",
            "lazy_learner_fit",
            "lazy_expert_fit",
            "lazy_planning",
            "error_lazy");
    setting
        .campaigns()
        .fly(orders, flown -> measured(flown, setting), setting)
        .forEach(cells -> cells.forEach(row -> rows.add(row.toArray())));
    return rows.done();
  }

  private static List<List<Object>> measured(Flown flown, StudySetting setting) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 1; i <= ITERATIONS; i++) {
      PerformanceDifference lazy = lazy(flown, i, setting);
      double gap = flown.progress().column("gap_mean")[i - 1];
      rows.add(
          List.of(
              flown.order().arm(),
              i,
              gap,
              flown.progress().column("gap_learner_fit")[i - 1],
              flown.progress().column("gap_expert_fit")[i - 1],
              flown.progress().column("gap_planning")[i - 1],
              lazy.learnerFit(),
              lazy.expertFit(),
              lazy.planning(),
              Math.abs(lazy.gap() - gap)));
    }
    return rows;
  }

  /** Of pi_i in T_i, the model that it was planned in. */
  private static PerformanceDifference lazy(Flown flown, int i, StudySetting setting) {
    Experiment experiment = flown.experiment();
    Environment environment = setting.campaigns().parts().environment(experiment);
    Map<String, ModelParameters> stated = new CounterexampleModels().models();
    PolicyDefinition.Tabular learner = (PolicyDefinition.Tabular) read(flown.folder(), i, "");
    ModelParameters model =
        i == 1
            ? stated(stated, experiment.dynamics().initial())
            : ((PolicyDefinition.Planned) read(flown.folder(), i - 1, "state")).model();
    return new FiniteDifference(
            process(stated(stated, "M*"), environment, experiment.discount()),
            process(model, environment, experiment.discount()),
            oneHot(learner.actions(), 3),
            // The expert always goes on.
            oneHot(new int[learner.actions().length], 3),
            start(learner.actions().length))
        .lazy();
  }

  private static ModelParameters stated(Map<String, ModelParameters> models, String name) {
    ModelParameters model = models.get(name);
    if (model == null) {
      throw new IllegalStateException("the counterexample states no model " + name);
    }
    return model;
  }

  private static FiniteProcess process(
      ModelParameters model, Environment environment, double discount) {
    return FiniteProcess.of((ModelParameters.Tabular) model, environment.objective(), discount);
  }

  private static PolicyDefinition read(Path run, int iteration, String inner) {
    Path folder =
        run.resolve("iterations")
            .resolve(String.format(Locale.ROOT, "%04d", iteration))
            .resolve(inner);
    try {
      return PolicyFolder.read(folder).definition();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }

  private static double[] oneHot(int[] actions, int count) {
    double[] policy = new double[actions.length * count];
    for (int state = 0; state < actions.length; state++) {
      policy[state * count + actions[state]] = 1;
    }
    return policy;
  }

  private static double[] start(int states) {
    double[] start = new double[states];
    start[0] = 1;
    return start;
  }
}
