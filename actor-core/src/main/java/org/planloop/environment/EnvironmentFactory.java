package org.planloop.environment;

import java.util.Map;

/**
 * Makes an environment from its settings; found by {@link java.util.ServiceLoader}, also in jars on
 * {@code --classpath}.
 */
public interface EnvironmentFactory {
  /** The value of {@code environment.name} that asks for it. */
  String name();

  /** One line for {@code list}. */
  String summary();

  /** Every setting with its default; a key that is not here is an error. */
  Map<String, Object> defaults();

  /**
   * @throws org.planloop.data.InvalidInputException if a setting breaks its rule
   */
  Environment create(Options options);
}
