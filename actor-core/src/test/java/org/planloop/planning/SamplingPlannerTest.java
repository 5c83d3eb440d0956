package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.planloop.planning.TestPlanners.memories;
import static org.planloop.planning.TestPlanners.problem;
import static org.planloop.planning.TestPlanners.settings;
import static org.planloop.planning.TestPlanners.streams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Objective;
import org.planloop.planning.PlannerSettings.Execute;
import org.planloop.planning.PlannerSettings.Kind;

class SamplingPlannerTest {
  private static final StepModel INTEGRATOR =
      new StepModel(1, 1, (state, action, next) -> next[0] = state[0] + action[0]);
  private static final Objective QUADRATIC =
      (state, action, next) -> -next[0] * next[0] - action[0] * action[0];
  private static final ActionSpace.Box UNIT = ActionSpace.Box.symmetric(1, 1);

  /** Skewed bounds in two dimensions that no float holds exactly. */
  private static final ActionSpace.Box SKEWED =
      new ActionSpace.Box(new double[] {-0.1, 2.3}, new double[] {0.3, 2.7});

  /** Gain of the first step of min sum s'^2 + a^2 over the horizon, by the scalar Riccati map. */
  private static double gain(int horizon) {
    double costToGo = 0;
    double gain = 0;
    for (int t = 0; t < horizon; t++) {
      double weight = 1 + costToGo;
      gain = weight / (1 + weight);
      costToGo = gain;
    }
    return gain;
  }

  @ParameterizedTest
  @CsvSource({
    "CEM, MEAN, 400, 0.01",
    "CEM, BEST, 400, 0.02",
    "ICEM, MEAN, 400, 0.01",
    "ICEM, BEST, 400, 0.02",
    "MPPI, MEAN, 4000, 0.03"
  })
  void reachesTheOptimumOfALinearQuadraticProblem(
      Kind kind, Execute execute, int population, double tolerance) {
    float[] starts = {0.6f, -0.9f};
    Planner planner = Planners.create(settings(kind, 4, population, 8, execute));
    double[] actions = new double[2];
    planner.plan(problem(INTEGRATOR, QUADRATIC, UNIT, starts), memories(2), streams(2), actions);
    for (int g = 0; g < 2; g++) {
      assertThat(actions[g]).isCloseTo(-gain(4) * starts[g], within(tolerance));
    }
  }

  @Test
  void randomShootingFindsTheBestOfManyActions() {
    double[] actions = new double[1];
    Planners.create(settings(Kind.RANDOM_SHOOTING, 1, 2000, 1))
        .plan(problem(INTEGRATOR, QUADRATIC, UNIT, 0.8f), memories(1), streams(1), actions);
    assertThat(actions[0]).isCloseTo(-0.4, within(0.005));
  }

  @ParameterizedTest
  @EnumSource(names = {"RANDOM_SHOOTING", "CEM", "ICEM", "MPPI"})
  void candidatesAndActionsNeverLeaveTheBounds(Kind kind) {
    StepModel still = new StepModel(1, 2, (state, action, next) -> next[0] = state[0]);
    Recorder model = new Recorder(still);
    Objective extreme = (state, action, next) -> 1000 * action[0] - 1000 * action[1];
    double[] actions = new double[2];
    Planners.create(settings(kind, 5, 64, 4, Execute.MEAN))
        .plan(problem(model, extreme, SKEWED, 0), memories(1), streams(1), actions);
    for (float[] drawn : model.actions) {
      for (int i = 0; i < drawn.length; i++) {
        assertThat((double) drawn[i]).isBetween(SKEWED.low()[i % 2], SKEWED.high()[i % 2]);
      }
    }
    assertThat(actions[0]).isBetween(0.1, 0.3);
    assertThat(actions[1]).isBetween(2.3, 2.5);
  }

  @ParameterizedTest
  @EnumSource(names = {"RANDOM_SHOOTING", "CEM", "ICEM", "MPPI"})
  void nanPlansRankLastAlsoWhereReturnsAreNegative(Kind kind) {
    StepModel diverging =
        new StepModel(
            1,
            1,
            (state, action, next) ->
                next[0] = action[0] > -0.5 ? Double.NaN : state[0] + action[0]);
    Objective penalty = (state, action, next) -> -1e6;
    double[] actions = new double[1];
    Planners.create(settings(kind, 1, 100, 3))
        .plan(problem(diverging, penalty, UNIT, 0), memories(1), streams(1), actions);
    assertThat(actions[0]).isLessThanOrEqualTo(-0.5);
  }

  @ParameterizedTest
  @EnumSource(names = {"RANDOM_SHOOTING", "CEM", "ICEM", "MPPI"})
  void namesTheProblemWhoseEveryPlanIsNan(Kind kind) {
    StepModel model =
        new StepModel(
            1,
            1,
            (state, action, next) -> next[0] = state[0] > 5 ? Double.NaN : state[0] + action[0]);
    Planner planner = Planners.create(settings(kind, 3, 20, 2));
    PlanningProblem problem = problem(model, QUADRATIC, UNIT, 0, 6, 0);
    assertThatThrownBy(() -> planner.plan(problem, memories(3), streams(3), new double[3]))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("problem 1 of 3")
        .hasMessageContaining("[6.0]");
  }

  @ParameterizedTest
  @EnumSource(names = {"RANDOM_SHOOTING", "CEM", "ICEM", "MPPI"})
  void aProblemPlansTheSameAloneAsAmongOthers(Kind kind) {
    float[] starts = {0.5f, -0.2f, 0.9f};
    Planner planner = Planners.create(settings(kind, 6, 40, 3));
    PlanMemory[] together = memories(3);
    RandomStream[] streams = streams(3);
    double[] batch = new double[3];
    double[] alone = new double[1];
    PlanMemory[] own = memories(3);
    RandomStream[] ownStreams = streams(3);
    for (int step = 0; step < 3; step++) {
      planner.plan(problem(INTEGRATOR, QUADRATIC, UNIT, starts), together, streams, batch);
      for (int g = 0; g < 3; g++) {
        planner.plan(
            problem(INTEGRATOR, QUADRATIC, UNIT, starts[g]),
            new PlanMemory[] {own[g]},
            new RandomStream[] {ownStreams[g]},
            alone);
        assertThat(alone[0]).isEqualTo(batch[g]);
        assertThat(own[g].mean).isEqualTo(together[g].mean);
        assertThat(own[g].elites).isEqualTo(together[g].elites);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RANDOM_SHOOTING", "CEM", "ICEM", "MPPI"})
  void theNextSearchStartsFromTheLastPlanShiftedByOne(Kind kind) {
    Recorder model = new Recorder(INTEGRATOR);
    PlanMemory[] memory = memories(1);
    Planner planner = Planners.create(settings(kind, 4, 32, 2, Execute.MEAN));
    double[] actions = new double[1];
    planner.plan(problem(model, QUADRATIC, UNIT, 0.7f), memory, streams(1), actions);
    float[] mean = memory[0].mean.clone();
    assertThat(mean).hasSize(4);
    assertThat(mean[3]).isEqualTo(mean[2]);

    float[] given = {0.4f, 0.3f, -0.2f, -0.1f};
    PlanSearch search = new PlanSearch(UNIT, 4, 0);
    PlanMemory fresh = new PlanMemory();
    fresh.mean = given.clone();
    search.begin(fresh, 0.5);
    assertThat(search.mean).containsExactly(given[0], given[1], given[2], given[3]);
    search.remember(fresh);
    assertThat(fresh.mean).containsExactly(0.3f, -0.2f, -0.1f, -0.1f);
  }

  @Test
  void keptElitesComeBackShiftedInTheNextStepAndUnshiftedInTheNextRound() {
    Recorder model = new Recorder(INTEGRATOR);
    Planner planner = Planners.create(settings(Kind.ICEM, 3, 32, 2));
    PlanMemory[] memory = memories(1);
    double[] actions = new double[1];
    planner.plan(problem(model, QUADRATIC, UNIT, 0.7f), memory, streams(1), actions);
    float[] best = bestPlan(model.actions.get(1), 0.7f);
    float[] elites = memory[0].elites.clone();
    assertThat(elites).hasSize(3 * 3);
    assertThat(Arrays.copyOf(elites, 3)).containsExactly(best[1], best[2], best[2]);

    float[] firstRound = bestPlan(model.actions.get(0), 0.7f);
    assertThat(plans(model.actions.get(1))).contains(asList(firstRound));

    model.actions.clear();
    planner.plan(problem(model, QUADRATIC, UNIT, 0.5f), memory, streams(1), actions);
    assertThat(plans(model.actions.get(0)))
        .contains(
            asList(Arrays.copyOfRange(elites, 0, 3)),
            asList(Arrays.copyOfRange(elites, 3, 6)),
            asList(Arrays.copyOfRange(elites, 6, 9)));
  }

  @Test
  void icemShrinksItsPopulationAndLetsTheMeanTakePartInTheLastRound() {
    Recorder model = new Recorder(INTEGRATOR);
    PlannerSettings settings = settings(Kind.ICEM, 3, 64, 4);
    PlanMemory[] memory = memories(1);
    Planners.create(settings)
        .plan(problem(model, QUADRATIC, UNIT, 0.7f), memory, streams(1), new double[1]);
    assertThat(model.actions).extracting(drawn -> drawn.length / 3).containsExactly(64, 51, 40, 32);
    PlanSearch replay = replayedSearch(model, settings);
    float[] mean = new float[3];
    replay.copyMean(mean, 0);
    assertThat(plans(model.actions.get(3))).first().isEqualTo(asList(mean));
  }

  /** The distribution after three of four rounds, refitted from the recorded candidates. */
  private static PlanSearch replayedSearch(Recorder model, PlannerSettings settings) {
    PlanSearch search = new PlanSearch(UNIT, 3, settings.keep());
    search.begin(new PlanMemory(), settings.initialStd());
    CrossEntropyPlanner planner = new CrossEntropyPlanner(settings, true);
    for (int round = 0; round < 3; round++) {
      float[] drawn = model.actions.get(round);
      double[] scores = new double[drawn.length / 3];
      for (int p = 0; p < scores.length; p++) {
        scores[p] = score(Arrays.copyOfRange(drawn, p * 3, p * 3 + 3), 0.7f);
      }
      TopPlans top = new TopPlans();
      int count = top.rank(scores, 0, scores.length, settings.elites());
      planner.refit(search, top, count, scores, 0, scores.length, drawn);
    }
    return search;
  }

  @Test
  void whereEveryPlanIsAsGoodTheMeanIsExecuted() {
    Recorder model = new Recorder(INTEGRATOR);
    Objective flat = (state, action, next) -> 1;
    double[] actions = new double[1];
    Planners.create(settings(Kind.ICEM, 3, 64, 4))
        .plan(problem(model, flat, UNIT, 0), memories(1), streams(1), actions);
    assertThat(actions[0]).isEqualTo(model.actions.get(3)[0]);
    assertThat(actions[0]).isCloseTo(0, within(0.3));
  }

  @Test
  void pathIntegralMeanIsTheWeightedAverage() {
    PlannerSettings settings = settings(Kind.MPPI, 1, 8, 1);
    PlanSearch search = new PlanSearch(UNIT, 1, 0);
    search.begin(new PlanMemory(), 0.5);
    double[] scores = {-3, Double.NaN, -1, -2};
    TopPlans top = new TopPlans();
    int count = top.rank(scores, 0, 4, 1);
    new PathIntegralPlanner(settings)
        .refit(search, top, count, scores, 0, 4, new float[] {0.5f, 0.9f, -0.5f, 0.25f});
    double middle = Math.exp(-0.5 / settings.temperature());
    double worst = Math.exp(-1 / settings.temperature());
    double average = (0.5 * worst - 0.5 + 0.25 * middle) / (1 + middle + worst);
    assertThat(search.mean[0]).isCloseTo(0.9 * average, within(1e-12));
  }

  @Test
  void aPlannerServesBatchesOfAnySize() {
    Planner planner = Planners.create(settings(Kind.ICEM, 3, 16, 2));
    for (int problems : new int[] {2, 5, 1}) {
      double[] actions = new double[problems];
      planner.plan(
          problem(INTEGRATOR, QUADRATIC, UNIT, new float[problems]),
          memories(problems),
          streams(problems),
          actions);
      assertThat(actions).doesNotContain(Double.NaN);
    }
  }

  @Test
  void refusesKindsThatDoNotSampleAndUnboundedActions() {
    assertThatThrownBy(() -> Planners.create(settings(Kind.LQR, 3, 16, 2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("planner.kind = LQR");
    ActionSpace.Box open =
        new ActionSpace.Box(new double[] {0}, new double[] {Double.POSITIVE_INFINITY});
    assertThatThrownBy(
            () ->
                Planners.create(settings(Kind.CEM, 3, 16, 2))
                    .plan(
                        problem(INTEGRATOR, QUADRATIC, open, 0),
                        memories(1),
                        streams(1),
                        new double[1]))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("finite bounds");
  }

  private static double score(float[] plan, double start) {
    double state = start;
    double score = 0;
    for (float action : plan) {
      double next = (float) (state + action);
      score -= next * next + (double) action * action;
      state = state + action;
    }
    return score;
  }

  private static float[] bestPlan(float[] drawn, double start) {
    return plans(drawn).stream()
        .map(SamplingPlannerTest::toArray)
        .max((a, b) -> Double.compare(score(a, start), score(b, start)))
        .orElseThrow();
  }

  private static List<List<Float>> plans(float[] drawn) {
    List<List<Float>> plans = new ArrayList<>();
    for (int at = 0; at < drawn.length; at += 3) {
      plans.add(asList(Arrays.copyOfRange(drawn, at, at + 3)));
    }
    return plans;
  }

  private static List<Float> asList(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static float[] toArray(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  /** Remembers the candidates of every call. */
  private record Recorder(StepModel model, List<float[]> actions) implements DynamicsModel {
    Recorder(StepModel model) {
      this(model, new ArrayList<>());
    }

    @Override
    public int stateSize() {
      return model.stateSize();
    }

    @Override
    public int actionSize() {
      return model.actionSize();
    }

    @Override
    public Rollouts rollout(RolloutRequest request) {
      actions.add(request.actions().clone());
      return model.rollout(request);
    }

    @Override
    public void close() {}
  }
}
