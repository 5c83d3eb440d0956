package org.planloop.environments.pendulum;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * Gymnasium's Pendulum-v1: 200 steps of 0.05 s, no termination; trained agents reach -172 to -151.
 * State (theta, theta') with theta = 0 upright, in radians and not wrapped; action: torque in [-2,
 * 2].
 */
public final class Pendulum implements EnvironmentFactory {
  @Override
  public String name() {
    return "pendulum";
  }

  @Override
  public String summary() {
    return "swing a pendulum up with a weak motor, as Pendulum-v1; good at -155 or more";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 200);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of("theta~", "theta_dot"),
        ActionSpace.Box.symmetric(1, 2),
        options.integer("max-steps", 1, 1_000_000),
        new PendulumObjective(),
        new PendulumDynamics());
  }
}
