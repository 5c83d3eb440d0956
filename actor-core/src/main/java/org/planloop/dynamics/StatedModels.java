package org.planloop.dynamics;

import java.util.Map;
import org.planloop.environment.Environment;

/**
 * Models that are stated beforehand for an environment, by name and in order: the finite class that
 * a tabular fit chooses from or completes its counts by, the base that a linear fit corrects, or
 * the initial model T_1 that the first policy is planned in. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface StatedModels {
  /** The environment they are for. */
  String environment();

  /** In order of preference for ties, for the environment with its default settings. */
  Map<String, ModelParameters> models();

  /** The same for an environment whose settings may differ from the defaults. */
  default Map<String, ModelParameters> models(Environment environment) {
    return models();
  }
}
