package org.planloop.expert;

import org.planloop.data.InvalidInputException;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.environment.QuadraticCost;
import org.planloop.environment.Simulator;
import org.planloop.planning.Lqr;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/**
 * The steady linear-quadratic regulator of the true dynamics about their trim: a = -K s, K from the
 * undisturbed system linearised about the observed state 0.
 */
public final class LqrExpert implements ExpertFactory {
  @Override
  public String name() {
    return "lqr";
  }

  @Override
  public String summary() {
    return "linear-quadratic regulator about the trim of the true dynamics (helicopter-hover)";
  }

  @Override
  public Policy create(Environment environment, Options options) {
    PolicyDefinition.LinearFeedback feedback =
        new PolicyDefinition.LinearFeedback(
            environment.states().size(), environment.actions().size(), gain(environment));
    return Policies.open(feedback, environment, Experts.bundled());
  }

  private static double[] gain(Environment environment) {
    if (!(environment.objective() instanceof QuadraticCost cost)
        || !(environment.actions() instanceof ActionSpace.Box)
        || environment.simulator().isEmpty()) {
      throw InvalidInputException.setting(
          "expert.kind",
          "lqr",
          environment.name()
              + " has no quadratic cost of real actions, or no simulator, to regulate by; 'planloop"
              + " list' names other experts");
    }
    Simulator nominal = environment.simulator().get().nominal();
    ModelParameters.Linear model =
        Linearization.aboutZero(nominal, environment.states().size(), environment.actions().size());
    return Lqr.infiniteHorizon(model, cost, 1);
  }
}
