package org.planloop.expert;

import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.policy.ExpertSource;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/**
 * Every demonstrator on a class path, by name. Immutable. Two values of {@code expert.kind} are
 * none of them: {@value #RECORDED} and {@value #NONE}.
 */
public final class Experts implements ExpertSource {
  /** Expert data comes from a file; nobody acts. */
  public static final String RECORDED = "recorded";

  /** There is no expert data. */
  public static final String NONE = "none";

  private static final String KIND = "expert.kind";

  private final SortedMap<String, ExpertFactory> factories = new TreeMap<>();

  private Experts(Iterable<ExpertFactory> found) {
    for (ExpertFactory factory : found) {
      String name = factory.name();
      InvalidInputException.check(
          !name.equals(RECORDED) && !name.equals(NONE),
          KIND,
          name,
          "has a meaning of its own and cannot be provided by " + factory.getClass().getName());
      ExpertFactory other = factories.put(name, factory);
      InvalidInputException.check(
          other == null,
          KIND,
          name,
          "is provided twice on the class path, by "
              + (other == null ? "" : other.getClass().getName())
              + " and "
              + factory.getClass().getName()
              + "; rename one");
    }
  }

  /**
   * @throws InvalidInputException if two experts have the same name, or one a reserved name
   */
  public static Experts on(ClassLoader classPath) {
    return new Experts(ServiceLoader.load(ExpertFactory.class, classPath));
  }

  /** The experts of the class path that this class comes from. */
  public static Experts bundled() {
    return on(Experts.class.getClassLoader());
  }

  /** All factories by name, in alphabetical order. */
  public SortedMap<String, ExpertFactory> factories() {
    return new TreeMap<>(factories);
  }

  /**
   * @throws InvalidInputException if there is no demonstrator of this name, naming those there are
   */
  public ExpertFactory factory(String kind) {
    ExpertFactory factory = factories.get(kind);
    if (factory == null) {
      boolean reserved = kind.equals(RECORDED) || kind.equals(NONE);
      throw InvalidInputException.setting(
          KIND,
          kind,
          (reserved ? "cannot act; an expert that acts must be " : "must be ")
              + "one of "
              + String.join(", ", factories.keySet()));
    }
    return factory;
  }

  /**
   * Opens an expert in an environment, with its control noise.
   *
   * @throws InvalidInputException if the kind or an option is unknown, or the expert cannot act in
   *     this environment
   */
  @Override
  public Policy open(PolicyDefinition.Expert expert, Environment environment) {
    ExpertFactory factory = factory(expert.kind());
    Options options =
        Options.of("expert.options", expert.kind(), factory.defaults(), expert.options());
    double noise = expert.controlNoise();
    if (noise == 0) {
      return factory.create(environment, options);
    }
    if (!(environment.actions() instanceof ActionSpace.Box box)) {
      throw InvalidInputException.setting(
          "expert.control-noise",
          noise,
          "must be 0, because " + environment.name() + " has discrete actions");
    }
    return new NoisyPolicy(factory.create(environment, options), noise, box);
  }
}
