package org.planloop.expert;

import java.util.Map;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.policy.Policy;

/**
 * Makes a demonstrator; found by {@link java.util.ServiceLoader}, also in jars on {@code
 * --classpath}.
 */
public interface ExpertFactory {
  /** The value of {@code expert.kind} that asks for it. */
  String name();

  /** One line for {@code list}. */
  String summary();

  /** Every setting with its default; a key that is not here is an error. */
  default Map<String, Object> defaults() {
    return Map.of();
  }

  /**
   * The expert without control noise: {@link Experts#open} adds what the configuration asks for.
   *
   * @throws org.planloop.data.InvalidInputException if the expert cannot act in this environment or
   *     a setting breaks its rule
   */
  Policy create(Environment environment, Options options);
}
