package org.planloop.environments.cartpole;

import java.util.List;
import java.util.Map;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Limit;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * Cart-pole swing-up as in PETS (Chua et al. 2018): 200 steps of 0.04 s, no termination; about 180
 * when solved. State (x, theta, x', theta') with theta = 0 hanging; action u in [-3, 3]. Settings:
 * {@code rail}, what the end of the rail is ({@code stop}: soft stops at 2.5 m as in PETS; {@code
 * crash}: an episode ends there, and each step that is cut off costs 1), and {@code rail-end},
 * where a crash happens, in metres from the middle.
 */
public final class SwingUp implements EnvironmentFactory {
  private static final String STOP = "stop";
  private static final String CRASH = "crash";

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
    return Map.of("max-steps", 200, "rail", STOP, "rail-end", 2.0);
  }

  @Override
  public Environment create(Options options) {
    String rail = options.text("rail");
    InvalidInputException.check(
        rail.equals(STOP) || rail.equals(CRASH), "environment.rail", rail, "must be stop or crash");
    double end = options.number("rail-end", 0.1, SwingUpDynamics.RAIL);
    boolean crash = rail.equals(CRASH);
    return Environment.simulated(
        name(),
        StateSpace.of("x", "theta~", "x_dot", "theta_dot"),
        ActionSpace.Box.symmetric(1, 3),
        options.integer("max-steps", 1, 1_000_000),
        crash ? new RailObjective(end) : new SwingUpObjective(),
        new SwingUpDynamics(SwingUpDynamics.DAMPING),
        List.of(new Limit(List.of("x"), crash ? end : SwingUpDynamics.RAIL)));
  }
}
