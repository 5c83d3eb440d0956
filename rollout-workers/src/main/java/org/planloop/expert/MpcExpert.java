package org.planloop.expert;

import java.util.Map;
import java.util.Optional;
import org.planloop.data.InvalidInputException;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.Propagation;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/**
 * Model-predictive control in the true dynamics: iCEM (Pinneri et al. 2020) replans at every step,
 * undiscounted. What a learned model's planner would do if the model were perfect.
 */
public final class MpcExpert implements ExpertFactory {
  private static final String NAME = "mpc";
  private static final Map<String, Object> DEFAULTS =
      Map.of("horizon", 25, "population", 128, "rounds", 4);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "plans in the true dynamics at every step (cartpole-swingup, cartpole-balance, pendulum)";
  }

  @Override
  public Map<String, Object> defaults() {
    return DEFAULTS;
  }

  @Override
  public Policy create(Environment environment, Options options) {
    if (environment.simulator().isEmpty() || !(environment.actions() instanceof ActionSpace.Box)) {
      throw InvalidInputException.setting(
          "expert.kind",
          name(),
          environment.name()
              + " has no simulator with real actions to plan in; 'planloop list' names other"
              + " experts");
    }
    return Policies.open(
        new PolicyDefinition.Planned(new ModelParameters.Truth(), planner(options), 1),
        environment,
        Experts.bundled());
  }

  /**
   * How an expert plans; empty for every kind but this one.
   *
   * @throws InvalidInputException if an option breaks its rule
   */
  public static Optional<PlannerSettings> planner(String kind, Map<String, Object> options) {
    if (!kind.equals(NAME)) {
      return Optional.empty();
    }
    return Optional.of(planner(Options.of("expert.options", NAME, DEFAULTS, options)));
  }

  private static PlannerSettings planner(Options options) {
    return new PlannerSettings(
        PlannerSettings.Kind.ICEM,
        options.integer("horizon", 1, 1_000),
        options.integer("population", 20, 100_000),
        options.integer("rounds", 1, 100),
        10,
        3,
        1.25,
        2,
        0.5,
        0.1,
        PlannerSettings.Execute.MEAN,
        1,
        1,
        Propagation.EXPECTATION,
        false,
        0,
        1,
        Device.CPU,
        Precision.FP32);
  }
}
