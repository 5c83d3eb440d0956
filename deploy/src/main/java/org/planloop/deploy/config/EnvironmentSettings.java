package org.planloop.deploy.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.planloop.environment.Options;

/**
 * Which system is learned; the section {@code environment} of the configuration.
 *
 * @param name of its factory
 * @param options every setting of the factory, defaults included, sorted by key
 */
public record EnvironmentSettings(String name, Map<String, Object> options) {
  public EnvironmentSettings {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** What the factory is called with. */
  public Options toOptions() {
    return new Options("environment", options);
  }
}
