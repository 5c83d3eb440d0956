package org.planloop.deploy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.planloop.data.InvalidInputException;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environments.Environments;
import org.planloop.expert.ExpertFactory;
import org.planloop.expert.Experts;
import org.planloop.expert.RecordedData;
import org.planloop.policy.ExpertSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.preflight.PreflightSettings;
import org.planloop.rollout.Envelope;

/** What an experiment can name: the environments and experts of a class path. */
public final class Parts {
  private final ClassLoader classPath;
  private final Environments environments;
  private final Experts experts;

  private Parts(ClassLoader classPath) {
    this.classPath = classPath;
    this.environments = Environments.on(classPath);
    this.experts = Experts.on(classPath);
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

  /** The experts by name. */
  public Experts experts() {
    return experts;
  }

  /**
   * @param key that names the environment
   */
  Map<String, Object> environmentDefaults(String key, String name) {
    Map<String, EnvironmentFactory> factories = environments.factories();
    EnvironmentFactory factory = factories.get(name);
    if (factory == null) {
      throw InvalidInputException.setting(
          key,
          name.isEmpty() ? "\"\"" : name,
          "must be one of "
              + String.join(", ", factories.keySet())
              + Nearest.hint(name, factories.keySet())
              + " (one of your own is found in a jar given with --classpath)");
    }
    return new TreeMap<>(factory.defaults());
  }

  Map<String, Object> expertDefaults(String kind) {
    if (kind.equals(Experts.NONE) || kind.equals(Experts.RECORDED)) {
      return Map.of();
    }
    Map<String, ExpertFactory> factories = experts.factories();
    ExpertFactory factory = factories.get(kind);
    if (factory == null) {
      List<String> words = new ArrayList<>(factories.keySet());
      words.add(Experts.RECORDED);
      words.add(Experts.NONE);
      throw InvalidInputException.setting(
          "expert.kind",
          kind,
          "must be one of " + String.join(", ", words) + Nearest.hint(kind, words));
    }
    return new TreeMap<>(factory.defaults());
  }

  /** The environment of an experiment. */
  public Environment environment(Experiment experiment) {
    EnvironmentSettings settings = experiment.environment();
    return environments.create(settings.name(), settings.options());
  }

  /**
   * The second simulator of an experiment's pre-flight check; empty where it has none.
   *
   * @throws InvalidInputException if a setting of it breaks its rule
   */
  public Optional<Environment> simulator(Experiment experiment) {
    PreflightSettings settings = experiment.preflight();
    if (settings.kind() != PreflightSettings.Kind.SIMULATOR) {
      return Optional.empty();
    }
    EnvironmentFactory factory = environments.factory(settings.environment());
    return Optional.of(
        factory.create(
            Options.of(
                Defaults.PREFLIGHT_OPTIONS,
                factory.name(),
                factory.defaults(),
                settings.options())));
  }

  /**
   * Checks recorded expert data, where the experiment names a file, by reading it.
   *
   * @throws InvalidInputException if the file is missing, damaged, or does not fit the environment
   */
  public void checkRecording(Experiment experiment) {
    ExpertSettings expert = experiment.expert();
    if (expert.kind().equals(Experts.RECORDED)) {
      TransitionBatch rows = RecordedData.read(Path.of(expert.file()), environment(experiment));
      InvalidInputException.check(
          rows.size() > 0, "expert.file", expert.file(), "holds no transition; record some");
    }
  }

  /**
   * Checks what only the named parts can check, by making them.
   *
   * @throws InvalidInputException if an option of the environment or the expert breaks its rule, or
   *     the expert cannot act in this environment, an envelope names a dimension that is not there,
   *     or the second simulator is another kind of system
   */
  void check(Experiment experiment) {
    Environment environment = environment(experiment);
    ExpertSettings expert = experiment.expert();
    if (expert.present() && !expert.kind().equals(Experts.RECORDED)) {
      experts
          .open(
              new PolicyDefinition.Expert(expert.kind(), expert.controlNoise(), expert.options()),
              environment)
          .close();
    }
    if (experiment.rollout().supervised()) {
      Envelope.of(experiment.rollout().envelope(), environment);
    }
    simulator(experiment)
        .ifPresent(
            simulator ->
                InvalidInputException.check(
                    simulator.states().equals(environment.states())
                        && simulator.actions().size() == environment.actions().size(),
                    "preflight.environment",
                    simulator.name(),
                    "must have the states and actions of environment " + environment.name()));
  }
}
