package org.planloop.environments.gridworld;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * A {@link GridMap} as an environment: four moves, the trophy pays 10, death -10, the dollar 1.
 *
 * <p>The bundled maps are the two worlds of the lecture "Model-based Reinforcement Learning" (after
 * Ross and Bagnell 2012): in both the expert's way to the trophy takes three moves, worth 10 x
 * 0.9^2 = 8.1 with discount 0.9; {@code shortcut} has a deadly cell beside the start, {@code
 * one-dollar} a small reward.
 */
public final class Gridworld implements EnvironmentFactory {
  @Override
  public String name() {
    return "gridworld";
  }

  @Override
  public String summary() {
    return "find the trophy on a small grid (map = shortcut or one-dollar, or one of your own)";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("map", "shortcut", "max-steps", 20);
  }

  @Override
  public Environment create(Options options) {
    GridMap map = GridMap.of(options.text("map"));
    return Environment.simulated(
        name(),
        StateSpace.index("cell"),
        new ActionSpace.Discrete(GridMap.ACTIONS),
        options.integer("max-steps", 1, 1_000_000),
        GridObjective.of(map),
        GridDynamics.of(map));
  }
}
