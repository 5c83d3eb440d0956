package org.planloop.deploy.reproduce;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.Wiring;
import org.planloop.deploy.report.ProgressTable;
import org.planloop.deploy.reproduce.Campaigns.Flown;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.environments.gridworld.GridMap;
import org.planloop.environments.gridworld.GridModels;
import org.planloop.planning.ValueIteration;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.storage.PolicyFolder;

/**
 * A campaign in a grid world, iteration by iteration: where pi_i went, where its model T_i said
 * that it would go, and what T_i believed.
 *
 * @param strategy as in the tables
 * @param map the world
 * @param expertPath cells of the expert's episode
 * @param iterations pi_1 .. pi_N
 */
record GridCampaign(
    String strategy, GridMap map, List<Integer> expertPath, List<Iteration> iterations) {
  /** Columns of {@link #addTo}. */
  static final List<String> COLUMNS =
      List.of(
          "strategy",
          "iteration",
          "path",
          "return",
          "path_in_model",
          "return_in_model",
          "loss_expert",
          "loss_learner");

  /** Columns of {@link #addBeliefsTo}. */
  static final List<String> BELIEF_COLUMNS =
      List.of("strategy", "iteration", "cell", "move", "believed", "true");

  /**
   * One iteration.
   *
   * @param path cells that pi_i came through for real
   * @param real its discounted return
   * @param imagined cells that it comes through in T_i
   * @param promised its discounted return in T_i
   * @param lossExpert 0/1 loss of T_i+1 on the expert's rows; NaN without rows
   * @param lossLearner likewise on the learner's
   * @param belief T_i
   */
  record Iteration(
      List<Integer> path,
      double real,
      List<Integer> imagined,
      double promised,
      double lossExpert,
      double lossLearner,
      ModelParameters.Tabular belief) {}

  /** Reads what a campaign left in its folder. */
  static GridCampaign of(Flown flown, Parts parts) {
    Experiment experiment = flown.experiment();
    Wiring wiring = new Wiring(experiment, parts);
    Environment world = wiring.environment();
    GridMap map = GridMap.of(String.valueOf(experiment.environment().options().get("map")));
    List<Integer> expertPath = fly(world, wiring.open(wiring.expert().definition()));
    ProgressTable progress = flown.progress();
    List<Iteration> iterations = new ArrayList<>();
    ModelParameters.Tabular belief = firstBelief(experiment, world, map, expertPath);
    for (int i = 1; i <= progress.rows().size(); i++) {
      Path folder = flown.folder().resolve(String.format(Locale.ROOT, "iterations/%04d", i));
      PolicyDefinition.Tabular policy = (PolicyDefinition.Tabular) read(folder);
      iterations.add(
          new Iteration(
              fly(world, wiring.open(policy)),
              progress.column("return_mean")[i - 1],
              imagine(map, belief, policy.actions()),
              // pi_i is the best policy in T_i, so its return there is the value of the start.
              ValueIteration.solve(belief, world.objective(), experiment.discount())
                  .values()[map.find('S')],
              progress.column("model_loss_expert")[i - 1],
              progress.column("model_loss_learner")[i - 1],
              belief));
      belief =
          (ModelParameters.Tabular)
              ((PolicyDefinition.Planned) read(folder.resolve("state"))).model();
    }
    return new GridCampaign(flown.order().arm(), map, expertPath, iterations);
  }

  private static PolicyDefinition read(Path folder) {
    try {
      return PolicyFolder.read(folder).definition();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cells of one episode. */
  private static List<Integer> fly(Environment world, Policy policy) {
    List<Integer> cells = new ArrayList<>();
    try (policy;
        VectorEnvironment copies = world.open(1)) {
      boolean[] active = {true};
      double[] action = new double[1];
      StepResult result = new StepResult(1, 1);
      copies.reset(0, new RandomStream(0));
      Policy.Session session = policy.begin(new RandomStream[] {new RandomStream(0)});
      cells.add((int) copies.states()[0]);
      do {
        session.act(active, copies.states(), action);
        copies.step(active, action, result);
        cells.add((int) result.nextStates[0]);
      } while (!result.terminated[0] && !result.truncated[0]);
    }
    return cells;
  }

  /** T_1: a stated model, or the completion with what the expert showed. */
  private static ModelParameters.Tabular firstBelief(
      Experiment experiment, Environment world, GridMap map, List<Integer> expertPath) {
    Map<String, ModelParameters> stated = new GridModels().models(world);
    if (experiment.campaign().firstPolicy() == FirstPolicy.INITIAL_MODEL) {
      return table(stated, experiment.dynamics().initial());
    }
    ModelParameters.Tabular completion = table(stated, experiment.dynamics().completion());
    int[][] next = new int[map.states()][GridMap.ACTIONS];
    for (int cell = 0; cell < map.states(); cell++) {
      for (int move = 0; move < GridMap.ACTIONS; move++) {
        int step = expertPath.indexOf(cell);
        boolean shown =
            step >= 0
                && step + 1 < expertPath.size()
                && map.next(cell, move) == expertPath.get(step + 1);
        next[cell][move] = shown ? map.next(cell, move) : believed(completion, cell, move);
      }
    }
    return ModelParameters.Tabular.deterministic(next);
  }

  private static ModelParameters.Tabular table(Map<String, ModelParameters> stated, String name) {
    return (ModelParameters.Tabular) Objects.requireNonNull(stated.get(name), name);
  }

  /** The likeliest next cell. */
  private static int believed(ModelParameters.Tabular belief, int cell, int move) {
    int best = 0;
    for (int next = 1; next < belief.states(); next++) {
      if (belief.probability(cell, move, next) > belief.probability(cell, move, best)) {
        best = next;
      }
    }
    return best;
  }

  /** The cells of an episode in a belief, up to an end or the first one that comes back. */
  private static List<Integer> imagine(GridMap map, ModelParameters.Tabular belief, int[] actions) {
    List<Integer> cells = new ArrayList<>(List.of(map.find('S')));
    Set<Integer> seen = new HashSet<>(cells);
    int cell = cells.get(0);
    do {
      cell = believed(belief, cell, actions[cell]);
      cells.add(cell);
    } while (!map.ends(cell) && seen.add(cell));
    return cells;
  }

  /** Adds a row for each iteration. */
  void addTo(Table.Rows rows) {
    for (int i = 0; i < iterations.size(); i++) {
      Iteration at = iterations.get(i);
      rows.add(
          strategy,
          i + 1,
          text(at.path()),
          at.real(),
          text(at.imagined()),
          at.promised(),
          at.lossExpert(),
          at.lossLearner());
    }
  }

  /** Adds a row for each free move that somebody may make, iteration by iteration. */
  void addBeliefsTo(Table.Rows rows) {
    for (int i = 0; i < iterations.size(); i++) {
      for (int cell = 0; cell < map.states(); cell++) {
        for (int move = 0; move < GridMap.ACTIONS; move++) {
          if (map.open(cell, move)) {
            rows.add(
                strategy,
                i + 1,
                cell,
                move,
                believed(iterations.get(i).belief(), cell, move),
                map.next(cell, move));
          }
        }
      }
    }
  }

  private static String text(List<Integer> cells) {
    return cells.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
