package org.planloop.environments.cartpole;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * Cart-pole swing-up as in PETS (Chua et al. 2018): 200 steps of 0.04 s, no termination; about 180
 * when solved. State (x, theta, x', theta') with theta = 0 hanging; action u in [-3, 3].
 */
public final class SwingUp implements EnvironmentFactory {
  @Override
  public String name() {
    return "cartpole-swingup";
  }

  @Override
  public String summary() {
    return "swing a pole up by pushing its cart, as in PETS; solved at a return of about 180";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 200);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of("x", "theta~", "x_dot", "theta_dot"),
        ActionSpace.Box.symmetric(1, 3),
        options.integer("max-steps", 1, 1_000_000),
        new SwingUpObjective(),
        new SwingUpDynamics(SwingUpDynamics.DAMPING));
  }
}
