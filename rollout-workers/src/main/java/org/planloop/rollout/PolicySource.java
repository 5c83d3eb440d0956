package org.planloop.rollout;

import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/** Turns the data of a policy into one that acts, in the worker's environment. */
@FunctionalInterface
public interface PolicySource {
  /**
   * @throws org.planloop.data.InvalidInputException if the definition does not fit the environment
   */
  Policy open(PolicyDefinition definition);
}
