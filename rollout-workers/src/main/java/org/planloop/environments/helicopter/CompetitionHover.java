package org.planloop.environments.helicopter;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * Hover as in the RL Competition 2008: 6,000 control steps of 0.1 s from rest, ended by a crash;
 * the gusts are hidden. Settings: {@code gusts}, and the wind's components in units of 5 m/s.
 */
public final class CompetitionHover implements EnvironmentFactory {
  @Override
  public String name() {
    return "helicopter-hover-competition";
  }

  @Override
  public String summary() {
    return "hold the helicopter of the RL Competition 2008 in hover under hidden gusts";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 6000, "gusts", true, "wind-north", 0.0, "wind-east", 0.0);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of("v_x", "v_y", "v_z", "x", "y", "z", "p", "q", "r", "q_x", "q_y", "q_z"),
        ActionSpace.Box.symmetric(4, 1),
        options.integer("max-steps", 1, 1_000_000),
        new CompetitionObjective(),
        new CompetitionDynamics(
            options.flag("gusts"),
            options.number("wind-north", -1, 1),
            options.number("wind-east", -1, 1)));
  }
}
