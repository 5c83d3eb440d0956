package org.planloop.expert;

import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.environment.QuadraticCost;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.planning.Ilqr;
import org.planloop.planning.SimulatorDynamics;
import org.planloop.planning.TrajectoryCost;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/**
 * The best trajectory in the true, undisturbed dynamics from an episode's start, and the
 * time-varying feedback about it: {@link Ilqr} with its homotopy. For error states with a dimension
 * {@code one} that is constantly 1, which carries the feedback's affine part; the target is the
 * error 0 at every step.
 */
public final class IlqrExpert implements ExpertFactory {
  private static final int ITERATIONS = 30;
  private static final double TOLERANCE = 1e-6;
  private static final String CONSTANT = "one";

  /** What has been optimised: a second or two of work, and a worker opens its expert often. */
  private final Map<Simulator, PolicyDefinition> optimised = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "ilqr";
  }

  @Override
  public String summary() {
    return "optimises the whole trajectory in the true dynamics and flies its feedback"
        + " (helicopter-funnel)";
  }

  @Override
  public Policy create(Environment environment, Options options) {
    OptionalInt one = environment.states().named(CONSTANT);
    if (!(environment.objective() instanceof QuadraticCost cost)
        || !(environment.actions() instanceof ActionSpace.Box)
        || environment.simulator().isEmpty()
        || one.isEmpty()) {
      throw InvalidInputException.setting(
          "expert.kind",
          name(),
          environment.name()
              + " has no quadratic cost of real actions, no simulator, or no constant dimension "
              + CONSTANT
              + " in its state; 'planloop list' names other experts");
    }
    PolicyDefinition feedback =
        optimised.computeIfAbsent(
            environment.simulator().get().nominal(),
            nominal -> optimise(nominal, environment, cost, one.getAsInt()));
    return Policies.open(feedback, environment, Experts.bundled());
  }

  private static PolicyDefinition optimise(
      Simulator nominal, Environment environment, QuadraticCost cost, int one) {
    StateSpace states = environment.states();
    int actionSize = environment.actions().size();
    int horizon = environment.maxSteps();
    double[] full = new double[nominal.size()];
    double[] start = new double[states.size()];
    nominal.start(full, RandomStream.silent());
    nominal.observe(full, start);
    Ilqr.Solution solution =
        Ilqr.solve(
            new SimulatorDynamics(nominal, states.size(), actionSize),
            TrajectoryCost.about(targets(states, one, horizon), cost),
            start,
            new double[horizon][actionSize],
            Ilqr.Settings.staged(ITERATIONS, TOLERANCE));
    return new PolicyDefinition.TimeVaryingFeedback(
        states.size(), actionSize, 0, solution.homogeneousGains(one));
  }

  private static double[][] targets(StateSpace states, int one, int horizon) {
    double[][] targets = new double[horizon + 1][states.size()];
    for (int t = 0; t <= horizon; t++) {
      targets[t][one] = 1;
      int step = t;
      states.step().ifPresent(index -> targets[step][index] = step);
    }
    return targets;
  }
}
