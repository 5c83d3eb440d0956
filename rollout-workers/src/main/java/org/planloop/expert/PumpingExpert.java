package org.planloop.expert;

import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.policy.Policy;

/**
 * Pushes a car the way it rolls, so that every swing is higher than the last: about -120 in {@code
 * mountain-car}, where -98 is possible.
 */
public final class PumpingExpert implements ExpertFactory {
  private static final String ENVIRONMENT = "mountain-car";

  @Override
  public String name() {
    return "pumping";
  }

  @Override
  public String summary() {
    return "pushes the way that the car rolls (" + ENVIRONMENT + ")";
  }

  @Override
  public Policy create(Environment environment, Options options) {
    InvalidInputException.check(
        environment.name().equals(ENVIRONMENT),
        "expert.kind",
        name(),
        "drives " + ENVIRONMENT + " only, not " + environment.name());
    return new FeedbackPolicy(environment, (state, action) -> action[0] = state[1] >= 0 ? 2 : 0);
  }
}
