package org.planloop.environments;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;

/** Every environment on a class path, by name. Immutable. */
public final class Environments {
  private final SortedMap<String, EnvironmentFactory> factories = new TreeMap<>();

  private Environments(Iterable<EnvironmentFactory> found) {
    for (EnvironmentFactory factory : found) {
      EnvironmentFactory other = factories.put(factory.name(), factory);
      InvalidInputException.check(
          other == null,
          "environment.name",
          factory.name(),
          "is provided twice on the class path, by "
              + (other == null ? "" : other.getClass().getName())
              + " and "
              + factory.getClass().getName()
              + "; rename one");
    }
  }

  /**
   * @throws InvalidInputException if two environments have the same name
   */
  public static Environments on(ClassLoader classPath) {
    return new Environments(ServiceLoader.load(EnvironmentFactory.class, classPath));
  }

  /** The environments of the class path that this class comes from. */
  public static Environments bundled() {
    return on(Environments.class.getClassLoader());
  }

  /** All factories by name, in alphabetical order. */
  public SortedMap<String, EnvironmentFactory> factories() {
    return new TreeMap<>(factories);
  }

  /**
   * @throws InvalidInputException if there is no environment of this name, naming those there are
   */
  public EnvironmentFactory factory(String name) {
    EnvironmentFactory factory = factories.get(name);
    if (factory == null) {
      throw InvalidInputException.setting(
          "environment.name", name, "must be one of " + String.join(", ", factories.keySet()));
    }
    return factory;
  }

  /**
   * Makes an environment.
   *
   * @param values settings that differ from the defaults
   * @throws InvalidInputException if the name or a key is unknown, or a value breaks its rule
   */
  public Environment create(String name, Map<String, ?> values) {
    EnvironmentFactory factory = factory(name);
    return factory.create(Options.of("environment", name, factory.defaults(), values));
  }
}
