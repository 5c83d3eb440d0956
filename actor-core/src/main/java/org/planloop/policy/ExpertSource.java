package org.planloop.policy;

import org.planloop.environment.Environment;

/** Opens the experts that a policy names; the class path's catalogue, handed in. */
@FunctionalInterface
public interface ExpertSource {
  /**
   * @throws org.planloop.data.InvalidInputException if the expert is unknown, or cannot act in this
   *     environment
   */
  Policy open(PolicyDefinition.Expert expert, Environment environment);
}
