package org.planloop.planning;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.planloop.data.ArrayLength;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.ActionSpace;

/**
 * What the sampling planners share: rounds of drawing candidates, rolling all of them out in one
 * call of the model, scoring, and moving the distribution towards the good ones.
 *
 * <p>The distribution starts from the last plan shifted by one step, so a good plan survives from
 * step to step. A candidate that scores NaN ranks last and moves nothing. Each problem draws from
 * its own stream alone, so its candidates do not depend on its neighbours.
 */
abstract class SamplingPlanner implements Planner {
  final PlannerSettings settings;
  final int horizon;
  private final int rounds;
  private final TopPlans top = new TopPlans();
  private final float[][] candidates;
  private double[] scores = new double[0];
  private PlanSearch[] searches = new PlanSearch[0];
  private ActionSpace.@Nullable Box space;
  private @Nullable PlanScorer scorer;

  SamplingPlanner(PlannerSettings settings, int rounds) {
    this.settings = settings;
    this.horizon = settings.horizon();
    this.rounds = rounds;
    this.candidates = new float[rounds][0];
  }

  /** Candidates a problem in this round. */
  abstract int population(int round);

  /** Plans kept from round to round. */
  abstract int keep();

  /**
   * Draws the candidates of one problem.
   *
   * @param plans number of candidates P
   * @param out candidates of all problems; this one's start at {@code at}, shape [P, H, A]
   */
  abstract void draw(
      PlanSearch search, RandomStream random, int round, int plans, float[] out, int at);

  /**
   * Moves the distribution of one problem.
   *
   * @param top the best plans, by their index among the plans of all problems
   * @param count how many plans {@code top} holds, at least 1
   * @param scores of all problems; this one's start at {@code from}
   * @param in candidates of all problems, shape [G, P, H, A]
   */
  abstract void refit(
      PlanSearch search, TopPlans top, int count, double[] scores, int from, int plans, float[] in);

  /** Whether the best plan seen is executed, not the mean. */
  abstract boolean executesBest();

  @Override
  public final void plan(
      PlanningProblem problem, PlanMemory[] memories, RandomStream[] random, double[] actions) {
    int problems = problem.problems();
    int actionSize = problem.actions().size();
    checkShapes(problem, memories, random, actions);
    PlanScorer scoring = prepare(problem);
    for (int g = 0; g < problems; g++) {
      searches[g].begin(memories[g], settings.initialStd());
    }
    for (int round = 0; round < rounds; round++) {
      round(problem, random, round, scoring);
    }
    for (int g = 0; g < problems; g++) {
      PlanSearch search = searches[g];
      if (Double.isNaN(search.bestScore)) {
        throw diverged(problem, g);
      }
      for (int i = 0; i < actionSize; i++) {
        actions[g * actionSize + i] =
            executesBest() ? search.best[i] : search.clip(search.mean[i], i);
      }
      search.remember(memories[g]);
    }
  }

  private void round(
      PlanningProblem problem, RandomStream[] random, int round, PlanScorer scoring) {
    int problems = problem.problems();
    int plans = population(round);
    int planLength = horizon * problem.actions().size();
    int length =
        ArrayLength.of(
            "problems x planner.population x (planner.horizon x action values) of a round",
            problems,
            plans,
            planLength);
    if (candidates[round].length != length) {
      candidates[round] = new float[length];
    }
    float[] drawn = candidates[round];
    for (int g = 0; g < problems; g++) {
      draw(searches[g], random[g], round, plans, drawn, g * plans * planLength);
    }
    RolloutRequest request =
        new RolloutRequest(
            problems,
            plans,
            horizon,
            settings.particles(),
            problem.starts(),
            drawn,
            settings.propagation(),
            settings.sampledNoise(),
            random);
    Rollouts rollouts = problem.model().rollout(request);
    if (scores.length < problems * plans) {
      scores = new double[problems * plans];
    }
    scoring.score(problem.objective(), problem.discount(), request, rollouts, scores);
    for (int g = 0; g < problems; g++) {
      int count = top.rank(scores, g * plans, plans, Math.min(plans, settings.elites()));
      if (count > 0) {
        int best = top.get(0);
        searches[g].offer(drawn, best * planLength, scores[best]);
        refit(searches[g], top, count, scores, g * plans, plans, drawn);
      }
    }
  }

  private PlanScorer prepare(PlanningProblem problem) {
    ActionSpace.Box box = problem.actions();
    int stateSize = problem.model().stateSize();
    if (!box.equals(space)) {
      space = box;
      scorer = null;
      searches = new PlanSearch[0];
    }
    if (searches.length < problem.problems()) {
      int known = searches.length;
      searches = Arrays.copyOf(searches, problem.problems());
      for (int g = known; g < searches.length; g++) {
        searches[g] = new PlanSearch(box, horizon, keep());
      }
    }
    PlanScorer scoring = scorer;
    if (scoring == null || scoring.stateSize() != stateSize) {
      scoring = new PlanScorer(horizon, stateSize, box.size(), settings.disagreement());
      scorer = scoring;
    }
    return scoring;
  }

  private static void checkShapes(
      PlanningProblem problem, PlanMemory[] memories, RandomStream[] random, double[] actions) {
    int problems = problem.problems();
    ActionSpace.Box box = problem.actions();
    check("starts", problem.starts().length, problems * problem.model().stateSize());
    check("memories", memories.length, problems);
    check("random streams", random.length, problems);
    check("actions", actions.length, problems * box.size());
    check("the model's action width", problem.model().actionSize(), box.size());
    for (int i = 0; i < box.size(); i++) {
      if (!Float.isFinite((float) box.low()[i]) || !Float.isFinite((float) box.high()[i])) {
        throw new PlanningException(
            "action "
                + i
                + " is bounded by "
                + box.low()[i]
                + " and "
                + box.high()[i]
                + ": a sampling planner needs finite bounds; state them in the environment");
      }
    }
  }

  private static void check(String what, int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException(what + ": " + length + ", expected " + expected);
    }
  }

  private PlanningException diverged(PlanningProblem problem, int g) {
    int stateSize = problem.model().stateSize();
    return new PlanningException(
        "problem "
            + g
            + " of "
            + problem.problems()
            + ": every candidate plan scored NaN from state "
            + Arrays.toString(
                Arrays.copyOfRange(problem.starts(), g * stateSize, (g + 1) * stateSize))
            + "; the model diverges there within planner.horizon = "
            + horizon
            + " steps: give it more data or shorten the horizon");
  }
}
