package org.planloop.environments.helicopter;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * The aerobatic helicopter in hover, as in Ross and Bagnell (2012): 400 steps of 0.05 s from trim,
 * ended by a crash. The learner sees the error state of {@link HoverDynamics}; an action changes
 * the controls by at most 1. Settings: {@code sigma}, the noise on forces and torques, and {@code
 * delay}, the steps that a command waits unseen.
 */
public final class Hover implements EnvironmentFactory {
  @Override
  public String name() {
    return "helicopter-hover";
  }

  @Override
  public String summary() {
    return "hold an aerobatic helicopter in hover under noise and action delay";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 400, "sigma", 1.0, "delay", 0);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of(
            "aileron",
            "elevator",
            "rudder",
            "collective",
            "d_aileron",
            "d_elevator",
            "d_rudder",
            "d_collective",
            "v_north",
            "v_east",
            "v_down",
            "north",
            "east",
            "down",
            "p",
            "q",
            "r",
            "q_x",
            "q_y",
            "q_z",
            "one"),
        ActionSpace.Box.symmetric(4, 1),
        options.integer("max-steps", 1, 1_000_000),
        new HoverObjective(),
        new HoverDynamics(options.number("sigma", 0, 100), options.integer("delay", 0, 100)),
        HoverObjective.LIMITS);
  }
}
