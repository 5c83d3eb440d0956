package org.planloop.environments.mountaincar;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * Gymnasium's MountainCar-v0, cut after 3,000 steps instead of 200. State (position in [-1.2, 0.6],
 * velocity in [-0.07, 0.07]); actions 0 = push left, 1 = do nothing, 2 = push right; -1 a step.
 * Setting {@code grid}: nodes along each dimension that value iteration looks at; 61 lose nothing.
 */
public final class MountainCar implements EnvironmentFactory {
  @Override
  public String name() {
    return "mountain-car";
  }

  @Override
  public String summary() {
    return "swing a car up a hill that it is too weak to climb, as in Gymnasium; -98 is possible";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 3000, "grid", 61);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of("position", "velocity"),
        new ActionSpace.Discrete(3),
        options.integer("max-steps", 1, 1_000_000),
        new MountainCarObjective(options.integer("grid", 2, 2_000)),
        new MountainCarDynamics());
  }
}
