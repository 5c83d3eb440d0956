package org.planloop.dynamics;

import java.util.Map;

/**
 * Models that are stated beforehand for an environment, by name and in order: the finite class that
 * a tabular fit chooses from, or the initial model T_1 that the first policy is planned in. Found
 * by {@link java.util.ServiceLoader}.
 */
public interface StatedModels {
  /** The environment they are for. */
  String environment();

  /** In order of preference for ties. */
  Map<String, ModelParameters> models();
}
