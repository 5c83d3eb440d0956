package org.planloop.deploy.config;

import java.util.Map;
import java.util.TreeMap;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environments.Environments;

/** What an experiment can name: the environments and experts of a class path. */
public final class Parts {
  private final ClassLoader classPath;
  private final Environments environments;

  private Parts(ClassLoader classPath) {
    this.classPath = classPath;
    this.environments = Environments.on(classPath);
  }

  /**
   * Finds the parts of a class path.
   *
   * @param classPath Planloop's own, or one with the user's jars on top
   * @throws InvalidInputException if two parts have the same name
   */
  public static Parts on(ClassLoader classPath) {
    return new Parts(classPath);
  }

  /** The class path that the parts were found on. */
  public ClassLoader classPath() {
    return classPath;
  }

  /** The environments by name. */
  public Environments environments() {
    return environments;
  }

  Map<String, Object> environmentDefaults(String name) {
    Map<String, EnvironmentFactory> factories = environments.factories();
    EnvironmentFactory factory = factories.get(name);
    if (factory == null) {
      throw InvalidInputException.setting(
          "environment.name",
          name.isEmpty() ? "\"\"" : name,
          "must be one of "
              + String.join(", ", factories.keySet())
              + Nearest.hint(name, factories.keySet())
              + " (one of your own is found in a jar given with --classpath)");
    }
    return new TreeMap<>(factory.defaults());
  }

  Map<String, Object> expertDefaults(String kind) {
    return Map.of();
  }

  /**
   * Checks what only the named parts can check, by making them.
   *
   * @throws InvalidInputException if an option of the environment or the expert breaks its rule
   */
  void check(Experiment experiment) {
    EnvironmentSettings environment = experiment.environment();
    environments.create(environment.name(), environment.options());
  }
}
