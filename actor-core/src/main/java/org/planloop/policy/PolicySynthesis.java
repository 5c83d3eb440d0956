package org.planloop.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.planloop.data.InvalidInputException;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.dynamics.DynamicsSettings.Kind;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.QuadraticCost;
import org.planloop.environment.StateGrid;
import org.planloop.planning.GridValueIteration;
import org.planloop.planning.Lqr;
import org.planloop.planning.PlannerSettings;
import org.planloop.planning.ValueIteration;

/**
 * Makes pi_i+1 of T_i+1: solves the model where the planner solves (LQR, value iteration), and
 * leaves planning to the moment of acting where it samples.
 */
public final class PolicySynthesis {
  private PolicySynthesis() {}

  /**
   * The policy that plans in {@code model}.
   *
   * @param discount factor a step
   * @throws InvalidInputException if this planner cannot plan in this model or environment
   * @throws org.planloop.planning.PlanningException if the model has no solution
   */
  public static PolicyDefinition derive(
      ModelParameters model, Environment environment, PlannerSettings planner, double discount) {
    return derive(model, environment, planner, discount, Optional.empty());
  }

  /**
   * The policy that plans in {@code model}, from what a lazy planner improves.
   *
   * @param improvement where a lazy planner starts from; without one, or from a policy of another
   *     kind (the first one may be random), it solves the model for once
   */
  public static PolicyDefinition derive(
      ModelParameters model,
      Environment environment,
      PlannerSettings planner,
      double discount,
      Optional<Improvement> improvement) {
    check(kindOf(model), environment, planner);
    return switch (planner.kind()) {
      case LQR, LAZY_LQR -> {
        ModelParameters.Linear linear = linear(model, environment);
        double[] gain =
            improved(linear, environment, planner, discount, improvement)
                .orElseGet(() -> Lqr.infiniteHorizon(linear, cost(environment), discount));
        yield new PolicyDefinition.LinearFeedback(linear.stateSize(), linear.actionSize(), gain);
      }
      case FINITE_LQR -> finite(linear(model, environment), environment, planner, discount);
      case ILQR -> alongTheTrajectory(varying(model, environment), environment, discount);
      case VALUE_ITERATION, LAZY_VALUE_ITERATION ->
          model instanceof ModelParameters.Tabular
              ? new PolicyDefinition.Tabular(
                  finite(tabular(model, environment), environment, planner, discount, improvement)
                      .actions())
              : onTheGrid(model, environment, planner, discount);
      case RANDOM_SHOOTING, CEM, ICEM, MPPI ->
          new PolicyDefinition.Planned(model, planner, discount);
    };
  }

  /**
   * Checks that a planner can plan in a family of models and an environment, before there is a
   * model.
   *
   * @throws InvalidInputException if not, naming {@code planner.kind}, {@code dynamics.kind} and
   *     the way out
   */
  public static void check(Kind dynamics, Environment environment, PlannerSettings planner) {
    check(Optional.of(dynamics), environment, planner);
  }

  /**
   * @param dynamics empty for the true dynamics
   */
  private static void check(
      Optional<Kind> dynamics, Environment environment, PlannerSettings planner) {
    String model = dynamics.map(kind -> "dynamics.kind = " + spelled(kind)).orElse("the truth");
    boolean real = environment.actions() instanceof ActionSpace.Box;
    boolean tabular = dynamics.equals(Optional.of(Kind.TABULAR));
    switch (planner.kind()) {
      case LQR, FINITE_LQR, LAZY_LQR -> {
        require(
            dynamics.equals(Optional.of(Kind.LINEAR)),
            planner,
            "plans in a linear model, not in "
                + model
                + "; set dynamics.kind = linear, or"
                + " planner.kind = "
                + (tabular ? "value-iteration" : "icem"));
        require(
            real && environment.objective() instanceof QuadraticCost,
            planner,
            "needs a quadratic cost of real actions, and environment "
                + environment.name()
                + " states none; set planner.kind = icem");
      }
      case ILQR -> {
        require(
            dynamics.equals(Optional.of(Kind.TIME_VARYING_LINEAR)),
            planner,
            "plans in a time-varying linear model, not in "
                + model
                + "; set dynamics.kind = time-varying-linear, or planner.kind = icem");
        require(
            real
                && environment.objective() instanceof QuadraticCost
                && environment.states().step().isPresent(),
            planner,
            "needs a quadratic cost of real actions and a state that holds the step, and environment "
                + environment.name()
                + " has no such; set planner.kind = icem");
      }
      case VALUE_ITERATION, LAZY_VALUE_ITERATION -> {
        require(
            tabular || (!planner.kind().lazy() && environment.objective() instanceof StateGrid),
            planner,
            "plans in a finite model, or on a grid of states where the environment states one, and "
                + environment.name()
                + " states none for "
                + model
                + "; set dynamics.kind = tabular");
        require(
            !real,
            planner,
            "needs finitely many actions, and those of environment "
                + environment.name()
                + " are real; set planner.kind = icem and dynamics.kind = ensemble");
      }
      case RANDOM_SHOOTING, CEM, ICEM, MPPI -> {
        require(
            !tabular,
            planner,
            "cannot sample plans in " + model + "; set planner.kind = value-iteration");
        require(
            real,
            planner,
            "samples real actions, and those of environment "
                + environment.name()
                + " are discrete; set planner.kind = value-iteration");
      }
    }
  }

  private static void require(boolean holds, PlannerSettings planner, String rule) {
    InvalidInputException.check(holds, "planner.kind", spelled(planner.kind()), rule);
  }

  /** The last feedback, improved; empty where it is not stable in the model, or nobody is lazy. */
  private static Optional<double[]> improved(
      ModelParameters.Linear model,
      Environment environment,
      PlannerSettings planner,
      double discount,
      Optional<Improvement> improvement) {
    if (!planner.kind().lazy()
        || !(improvement.map(Improvement::last).orElse(null)
            instanceof PolicyDefinition.LinearFeedback last)) {
      return Optional.empty();
    }
    return Optional.of(Lqr.improve(model, cost(environment), discount, last.gain()))
        .filter(Lqr.Solution::converged)
        .map(Lqr.Solution::gain);
  }

  private static ValueIteration.Solution finite(
      ModelParameters.Tabular model,
      Environment environment,
      PlannerSettings planner,
      double discount,
      Optional<Improvement> improvement) {
    if (!planner.kind().lazy()
        || !(improvement.map(Improvement::last).orElse(null)
            instanceof PolicyDefinition.Tabular last)) {
      return ValueIteration.solve(model, environment.objective(), discount);
    }
    return ValueIteration.improve(
        model,
        environment.objective(),
        discount,
        last.actions(),
        visited(improvement.orElseThrow().expertStates().get(), model.states()));
  }

  /** The different state indices, ascending. */
  private static int[] visited(float[] states, int count) {
    return IntStream.range(0, states.length)
        .map(i -> (int) states[i])
        .filter(state -> state >= 0 && state < count)
        .sorted()
        .distinct()
        .toArray();
  }

  /**
   * One gain for each step to go, at most {@code planner.horizon}; before that the first is held,
   * so that an episode that is longer than the horizon always looks a whole horizon ahead.
   */
  private static PolicyDefinition finite(
      ModelParameters.Linear model,
      Environment environment,
      PlannerSettings planner,
      double discount) {
    int horizon = Math.min(planner.horizon(), environment.maxSteps());
    double[][] gains = Lqr.finiteHorizon(model, cost(environment), discount, horizon);
    int length = model.actionSize() * model.stateSize();
    double[] flat = new double[horizon * length];
    for (int step = 0; step < horizon; step++) {
      System.arraycopy(gains[step], 0, flat, step * length, length);
    }
    return new PolicyDefinition.TimeVaryingFeedback(
        model.stateSize(), model.actionSize(), environment.maxSteps() - horizon, flat);
  }

  /** The plan of a model that is rolled out one step from every node of the environment's grid. */
  private static PolicyDefinition onTheGrid(
      ModelParameters parameters,
      Environment environment,
      PlannerSettings planner,
      double discount) {
    StateGrid grid = (StateGrid) environment.objective();
    int actions = ((ActionSpace.Discrete) environment.actions()).count();
    try (DynamicsModel model =
        DynamicsModels.open(
            parameters, environment, planner.threads(), planner.device(), planner.precision())) {
      int[] plan =
          GridValueIteration.solve(
                  model, environment.objective(), grid, actions, discount, planner.horizon())
              .actions();
      return new PolicyDefinition.Gridded(grid.low(), grid.high(), grid.nodes(), plan);
    }
  }

  /** In a model that is linear one iteration of iLQR is exact, whatever trajectory it is about. */
  private static PolicyDefinition alongTheTrajectory(
      ModelParameters.TimeVaryingLinear model, Environment environment, double discount) {
    double[] gains = Lqr.timeVarying(model, cost(environment), discount, environment.maxSteps());
    return new PolicyDefinition.TimeVaryingFeedback(
        model.stateSize(), model.actionSize(), 0, gains);
  }

  private static ModelParameters.TimeVaryingLinear varying(
      ModelParameters model, Environment environment) {
    ModelParameters.TimeVaryingLinear varying = (ModelParameters.TimeVaryingLinear) model;
    fits(
        varying.stateSize() == environment.states().size()
            && varying.actionSize() == environment.actions().size()
            && environment.states().step().equals(OptionalInt.of(varying.stepIndex())),
        "a time-varying linear model of "
            + varying.stateSize()
            + " states and "
            + varying.actionSize(),
        environment);
    return varying;
  }

  private static ModelParameters.Linear linear(ModelParameters model, Environment environment) {
    ModelParameters.Linear linear = (ModelParameters.Linear) model;
    fits(
        linear.stateSize() == environment.states().size()
            && linear.actionSize() == environment.actions().size(),
        "a linear model of " + linear.stateSize() + " states and " + linear.actionSize(),
        environment);
    return linear;
  }

  private static ModelParameters.Tabular tabular(ModelParameters model, Environment environment) {
    ModelParameters.Tabular tabular = (ModelParameters.Tabular) model;
    fits(
        environment.actions() instanceof ActionSpace.Discrete space
            && space.count() == tabular.actions(),
        "a tabular model of " + tabular.states() + " states and " + tabular.actions(),
        environment);
    return tabular;
  }

  private static void fits(boolean holds, String model, Environment environment) {
    if (!holds) {
      throw new InvalidInputException(
          model
              + " actions does not fit environment "
              + environment.name()
              + "; use the model with the environment it was fitted to");
    }
  }

  private static QuadraticCost cost(Environment environment) {
    return (QuadraticCost) environment.objective();
  }

  private static Optional<Kind> kindOf(ModelParameters model) {
    if (model instanceof ModelParameters.Tabular) {
      return Optional.of(Kind.TABULAR);
    } else if (model instanceof ModelParameters.Linear) {
      return Optional.of(Kind.LINEAR);
    } else if (model instanceof ModelParameters.TimeVaryingLinear) {
      return Optional.of(Kind.TIME_VARYING_LINEAR);
    } else if (model instanceof ModelParameters.Ensemble) {
      return Optional.of(Kind.ENSEMBLE);
    }
    return Optional.empty();
  }

  private static String spelled(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
