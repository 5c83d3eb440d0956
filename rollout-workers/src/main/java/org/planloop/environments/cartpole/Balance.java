package org.planloop.environments.cartpole;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * Gymnasium's CartPole with a continuous force, as in mbrl-lib: 200 steps of 0.02 s, ended by a
 * fall. State (x, x', theta, theta') with theta = 0 upright, Gymnasium's order; theta counts as a
 * real number because it never leaves +-12 degrees. Action in [-1, 1], times 10 N.
 */
public final class Balance implements EnvironmentFactory {
  @Override
  public String name() {
    return "cartpole-balance";
  }

  @Override
  public String summary() {
    return "keep a pole upright on a cart, as in mbrl-lib; perfect at a return of 200";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 200);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of("x", "x_dot", "theta", "theta_dot"),
        ActionSpace.Box.symmetric(1, 1),
        options.integer("max-steps", 1, 1_000_000),
        new BalanceObjective(),
        new BalanceDynamics(BalanceDynamics.STEP));
  }
}
