package org.planloop.expert;

import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.policy.Policy;

/**
 * The weak linear controller that came with the helicopter of the RL Competition 2008: it holds the
 * hover, drifting with gusts and wind.
 */
public final class WeakHelicopterExpert implements ExpertFactory {
  private static final String ENVIRONMENT = "helicopter-hover-competition";

  @Override
  public String name() {
    return "linear";
  }

  @Override
  public String summary() {
    return "the weak linear controller of the RL Competition 2008 (" + ENVIRONMENT + ")";
  }

  @Override
  public Policy create(Environment environment, Options options) {
    InvalidInputException.check(
        environment.name().equals(ENVIRONMENT),
        "expert.kind",
        name(),
        "flies " + ENVIRONMENT + " only, not " + environment.name());
    return new FeedbackPolicy(environment, WeakHelicopterExpert::act);
  }

  /** The observation is v_x, v_y, v_z, x, y, z, p, q, r, q_x, q_y, q_z. */
  private static void act(double[] o, double[] action) {
    action[0] = -0.0196 * o[4] - 0.0367 * o[1] - 0.7475 * o[9] + 0.02;
    action[1] = -0.0185 * o[3] - 0.0322 * o[0] + 0.7904 * o[10];
    action[2] = -0.1969 * o[11];
    action[3] = 0.0513 * o[5] + 0.1348 * o[2] + 0.23;
  }
}
