package org.planloop.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.Propagation;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.environment.QuadraticCost;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.planning.PlannerSettings;
import org.planloop.planning.PlannerSettings.Kind;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

class PoliciesTest {
  private static final ExpertSource NO_EXPERTS =
      (expert, environment) -> {
        throw new InvalidInputException("expert.kind = " + expert.kind());
      };

  /** s' = s + a with cost s^2 + a^2; the best steady gain is the golden ratio's 0.618. */
  private static final ModelParameters.Linear INTEGRATOR =
      new ModelParameters.Linear(1, 1, new double[] {1}, new double[] {1});

  private record Cost() implements Objective, QuadraticCost {
    @Override
    public double reward(double[] state, double[] action, double[] next) {
      return -next[0] * next[0] - action[0] * action[0];
    }

    @Override
    public double[] stateWeights() {
      return new double[] {1};
    }

    @Override
    public double[] actionWeights() {
      return new double[] {1};
    }
  }

  private record Integrator() implements Simulator {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public void start(double[] full, RandomStream random) {
      full[0] = 1;
    }

    @Override
    public void step(double[] full, double[] action, RandomStream random) {
      full[0] += action[0];
    }
  }

  private static Environment environment(ActionSpace actions, int maxSteps) {
    return Environment.simulated(
        "integrator", StateSpace.of("x"), actions, maxSteps, new Cost(), new Integrator());
  }

  private static final Environment REAL = environment(ActionSpace.Box.symmetric(1, 1), 50);
  private static final Environment DISCRETE = environment(new ActionSpace.Discrete(2), 50);

  private static PlannerSettings planner(Kind kind, int horizon) {
    return new PlannerSettings(
        kind,
        horizon,
        100,
        4,
        10,
        3,
        1.25,
        1,
        0.5,
        0.1,
        PlannerSettings.Execute.MEAN,
        0.1,
        1,
        Propagation.EXPECTATION,
        false,
        0,
        1,
        Device.CPU,
        Precision.FP32);
  }

  private static RandomStream[] streams(int count) {
    RandomStream[] streams = new RandomStream[count];
    for (int g = 0; g < count; g++) {
      streams[g] = new RandomStream(g);
    }
    return streams;
  }

  private static double[] act(Policy.Session session, double... states) {
    double[] actions = new double[states.length];
    boolean[] active = new boolean[states.length];
    Arrays.fill(active, true);
    session.act(active, states, actions);
    return actions;
  }

  private static double[] actOnce(PolicyDefinition definition, Environment in, double... states) {
    try (Policy policy = Policies.open(definition, in, NO_EXPERTS)) {
      return act(policy.begin(streams(states.length)), states);
    }
  }

  @Test
  void linearFeedbackIsClippedToTheActionSpace() {
    PolicyDefinition policy = new PolicyDefinition.LinearFeedback(1, 1, new double[] {0.5});
    assertThat(actOnce(policy, REAL, 1, -0.5, 8)).containsExactly(-0.5, 0.25, -1);
  }

  @Test
  void timeVaryingFeedbackHoldsItsFirstGainAndEndsWithItsLast() {
    PolicyDefinition definition =
        new PolicyDefinition.TimeVaryingFeedback(1, 1, 2, new double[] {0.1, 0.2, 0.3});
    Policy.Session session = Policies.open(definition, REAL, NO_EXPERTS).begin(streams(1));
    double[] flown = new double[6];
    for (int step = 0; step < flown.length; step++) {
      flown[step] = act(session, 1)[0];
    }
    assertThat(flown).containsExactly(-0.1, -0.1, -0.1, -0.2, -0.3, -0.3);
  }

  @Test
  void aStateThatHoldsTheStepSaysWhichGainItIs() {
    Environment clock =
        Environment.simulated(
            "clock",
            StateSpace.of("x", "t#"),
            ActionSpace.Box.symmetric(1, 1),
            50,
            new Cost(),
            new Integrator());
    PolicyDefinition definition =
        new PolicyDefinition.TimeVaryingFeedback(2, 1, 0, new double[] {0.1, 0, 0.2, 0, 0.3, 0});
    Policy.Session session = Policies.open(definition, clock, NO_EXPERTS).begin(streams(1));
    double[] action = new double[1];
    session.act(new boolean[] {true}, new double[] {1, 2}, action);
    assertThat(action).containsExactly(-0.3);
    session.act(new boolean[] {true}, new double[] {1, 0}, action);
    assertThat(action).containsExactly(-0.1);
  }

  @Test
  void anEpisodeCountsItsOwnStepsAndInactiveSlotsAreLeftAlone() {
    PolicyDefinition definition =
        new PolicyDefinition.TimeVaryingFeedback(1, 1, 0, new double[] {0.1, 0.2});
    Policy.Session session = Policies.open(definition, REAL, NO_EXPERTS).begin(streams(2));
    double[] actions = {9, 9};
    session.act(new boolean[] {false, true}, new double[] {1, 1}, actions);
    assertThat(actions).containsExactly(9, -0.1);
    session.act(new boolean[] {true, true}, new double[] {1, 1}, actions);
    assertThat(actions).containsExactly(-0.1, -0.2);
  }

  @Test
  void aTabularPolicyLooksItsStateUpAndRefusesOneBeyondIt() {
    PolicyDefinition policy = new PolicyDefinition.Tabular(new int[] {1, 0, 1});
    assertThat(actOnce(policy, DISCRETE, 2, 1)).containsExactly(1, 0);
    assertThatThrownBy(() -> actOnce(policy, DISCRETE, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.0");
  }

  @Test
  void randomActionsComeFromEachEpisodesOwnStream() {
    PolicyDefinition policy = new PolicyDefinition.RandomActions();
    double[] actions = actOnce(policy, REAL, 0, 0);
    assertThat(actions[1]).isEqualTo(-1 + 2 * new RandomStream(1).nextDouble());
    assertThat(actions[0]).isEqualTo(-1 + 2 * new RandomStream(0).nextDouble());
  }

  @Test
  void plannedEpisodesDoNotDependOnWhoIsActiveBesideThem() {
    PolicyDefinition definition =
        new PolicyDefinition.Planned(INTEGRATOR, planner(Kind.ICEM, 5), 1);
    try (Policy policy = Policies.open(definition, REAL, NO_EXPERTS)) {
      Policy.Session together = policy.begin(streams(3));
      Policy.Session alone = policy.begin(new RandomStream[] {new RandomStream(2)});
      double[] actions = {9, 9, 9};
      together.act(new boolean[] {true, true, true}, new double[] {1, 2, 3}, actions);
      assertThat(actions[2]).isEqualTo(act(alone, 3)[0]);
      actions[1] = 9;
      together.act(new boolean[] {true, false, true}, new double[] {0.5, 9, 0.25}, actions);
      assertThat(actions[1]).isEqualTo(9);
      assertThat(actions[2]).isEqualTo(act(alone, 0.25)[0]);
    }
  }

  @Test
  void planningInTheTruthAndInTheSameLinearModelAgree() {
    double[] truth =
        actOnce(
            new PolicyDefinition.Planned(new ModelParameters.Truth(), planner(Kind.CEM, 5), 1),
            REAL,
            0.7);
    double[] model =
        actOnce(new PolicyDefinition.Planned(INTEGRATOR, planner(Kind.CEM, 5), 1), REAL, 0.7);
    assertThat(truth).isEqualTo(model);
  }

  @Test
  void anExpertComesFromItsSource() {
    PolicyDefinition expert = new PolicyDefinition.Expert("tutor", 0, Map.of());
    try (Policy policy =
        Policies.open(expert, REAL, (named, in) -> new RandomPolicy(in.actions()))) {
      assertThat(policy).isInstanceOf(RandomPolicy.class);
    }
    assertThatThrownBy(() -> Policies.open(expert, REAL, NO_EXPERTS))
        .hasMessage("expert.kind = tutor");
  }

  @Test
  void aPolicyThatDoesNotFitTheEnvironmentIsRefused() {
    for (PolicyDefinition definition :
        new PolicyDefinition[] {
          new PolicyDefinition.LinearFeedback(2, 1, new double[2]),
          new PolicyDefinition.TimeVaryingFeedback(1, 2, 0, new double[2]),
          new PolicyDefinition.Tabular(new int[] {0}),
        }) {
      assertThatThrownBy(() -> Policies.open(definition, REAL, NO_EXPERTS))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("environment integrator");
    }
    assertThatThrownBy(
            () -> Policies.open(new PolicyDefinition.Tabular(new int[] {2}), DISCRETE, NO_EXPERTS))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("actions 0 to 1");
  }

  @Test
  void lqrPoliciesHoldTheGainsOfTheirModel() {
    double golden = (Math.sqrt(5) - 1) / 2;
    PolicyDefinition steady = PolicySynthesis.derive(INTEGRATOR, REAL, planner(Kind.LQR, 9), 1);
    assertThat(((PolicyDefinition.LinearFeedback) steady).gain()[0])
        .isCloseTo(golden, within(1e-12));
    PolicyDefinition finite =
        PolicySynthesis.derive(INTEGRATOR, REAL, planner(Kind.FINITE_LQR, 3), 1);
    PolicyDefinition.TimeVaryingFeedback varying = (PolicyDefinition.TimeVaryingFeedback) finite;
    assertThat(varying.hold()).isEqualTo(47);
    assertThat(varying.gains()[0]).isCloseTo(8.0 / 13, within(1e-15));
    assertThat(varying.gains()[2]).isCloseTo(1.0 / 2, within(1e-15));
  }

  @Test
  void aFiniteModelIsSolvedByValueIteration() {
    // Staying where you are costs least at state 0; action 1 leads there.
    ModelParameters.Tabular model =
        ModelParameters.Tabular.deterministic(new int[][] {{0, 0}, {1, 0}});
    PolicyDefinition policy =
        PolicySynthesis.derive(model, DISCRETE, planner(Kind.VALUE_ITERATION, 9), 0.5);
    assertThat(((PolicyDefinition.Tabular) policy).actions()).containsExactly(0, 1);
  }

  @Test
  void aGriddedPolicyActsAsTheNearestNodeDoes() {
    Environment plane =
        Environment.simulated(
            "plane",
            StateSpace.of("x", "y"),
            new ActionSpace.Discrete(6),
            5,
            (state, action, next) -> 0,
            new Simulator() {
              @Override
              public int size() {
                return 2;
              }

              @Override
              public void start(double[] full, RandomStream random) {}

              @Override
              public void step(double[] full, double[] action, RandomStream random) {}
            });
    PolicyDefinition.Gridded grid =
        new PolicyDefinition.Gridded(
            new double[] {0, -1},
            new double[] {1, 1},
            new int[] {2, 3},
            new int[] {0, 1, 2, 3, 4, 5});
    Policy policy = Policies.open(grid, plane, NO_EXPERTS);
    double[] states = {0.1, -0.9, 0.4, 0.4, 0.6, 0.6, 7, -7};
    double[] actions = new double[4];
    boolean[] active = {true, true, true, true};
    policy.begin(new RandomStream[4]).act(active, states, actions);
    assertThat(actions).containsExactly(0, 1, 5, 3);
    assertThatThrownBy(() -> Policies.open(grid, DISCRETE, NO_EXPERTS))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("use a policy that was made for it");
  }

  @Test
  void samplingPlannersPlanWhenTheyAct() {
    PlannerSettings cem = planner(Kind.CEM, 4);
    assertThat(PolicySynthesis.derive(INTEGRATOR, REAL, cem, 0.9))
        .isEqualTo(new PolicyDefinition.Planned(INTEGRATOR, cem, 0.9));
  }

  @Test
  void plannersThatCannotPlanInTheModelAreRefusedWithAWayOut() {
    ModelParameters.Tabular table = ModelParameters.Tabular.deterministic(new int[][] {{0, 0}});
    assertThatThrownBy(() -> PolicySynthesis.derive(table, REAL, planner(Kind.LQR, 4), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("planner.kind = lqr")
        .hasMessageContaining("dynamics.kind = tabular")
        .hasMessageContaining("planner.kind = value-iteration");
    assertThatThrownBy(() -> PolicySynthesis.derive(table, DISCRETE, planner(Kind.MPPI, 4), 1))
        .hasMessageContaining("planner.kind = mppi")
        .hasMessageContaining("value-iteration");
    assertThatThrownBy(() -> PolicySynthesis.derive(INTEGRATOR, DISCRETE, planner(Kind.LQR, 4), 1))
        .hasMessageContaining("quadratic cost of real actions");
    assertThatThrownBy(
            () ->
                PolicySynthesis.derive(
                    new ModelParameters.Truth(), REAL, planner(Kind.VALUE_ITERATION, 4), 1))
        .hasMessageContaining("planner.kind = value-iteration: plans in a finite model");
    assertThatThrownBy(() -> PolicySynthesis.derive(INTEGRATOR, DISCRETE, planner(Kind.ICEM, 4), 1))
        .hasMessageContaining("are discrete");
  }

  @Test
  void aModelOfAnotherEnvironmentIsRefused() {
    ModelParameters.Linear wide = new ModelParameters.Linear(2, 1, new double[4], new double[2]);
    assertThatThrownBy(() -> PolicySynthesis.derive(wide, REAL, planner(Kind.LQR, 4), 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("does not fit environment integrator");
  }
}
