package org.planloop.policy;

import static org.planloop.data.InvalidInputException.check;

import org.planloop.data.InvalidInputException;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;

/** Brings policies to life: from what is broadcast and stored to what acts. */
public final class Policies {
  private Policies() {}

  /**
   * A policy that acts, for one caller; a planned one holds a model of its own until it is closed.
   *
   * @param experts where a policy that names an expert finds it
   * @throws InvalidInputException if the policy does not fit the environment, naming both
   */
  public static Policy open(
      PolicyDefinition definition, Environment environment, ExpertSource experts) {
    if (definition instanceof PolicyDefinition.RandomActions) {
      return new RandomPolicy(environment.actions());
    } else if (definition instanceof PolicyDefinition.Tabular tabular) {
      return openTabular(tabular, environment);
    } else if (definition instanceof PolicyDefinition.Gridded gridded) {
      return openGridded(gridded, environment);
    } else if (definition instanceof PolicyDefinition.LinearFeedback linear) {
      checkWidths(linear.stateSize(), linear.actionSize(), environment);
      return new LinearPolicy(linear.gain(), 0, environment);
    } else if (definition instanceof PolicyDefinition.TimeVaryingFeedback varying) {
      checkWidths(varying.stateSize(), varying.actionSize(), environment);
      return new LinearPolicy(varying.gains(), varying.hold(), environment);
    } else if (definition instanceof PolicyDefinition.Planned planned) {
      return new PlannedPolicy(planned, environment);
    } else if (definition instanceof PolicyDefinition.Expert expert) {
      return experts.open(expert, environment);
    }
    throw new IllegalArgumentException("no policy for " + definition.getClass().getName());
  }

  private static Policy openTabular(PolicyDefinition.Tabular tabular, Environment environment) {
    checkActions("tabular", tabular.actions(), environment);
    return new TabularPolicy(tabular.actions());
  }

  private static Policy openGridded(PolicyDefinition.Gridded gridded, Environment environment) {
    checkActions("gridded", gridded.actions(), environment);
    check(
        gridded.nodes().length == environment.states().size(),
        "a gridded policy's dimensions",
        gridded.nodes().length,
        "environment "
            + environment.name()
            + " has "
            + environment.states().size()
            + "; use a policy that was made for it");
    return new GriddedPolicy(gridded);
  }

  private static void checkActions(String kind, int[] actions, Environment environment) {
    if (!(environment.actions() instanceof ActionSpace.Discrete space)) {
      throw new InvalidInputException(
          "a "
              + kind
              + " policy cannot act in environment "
              + environment.name()
              + ", whose actions are real; use a policy that was made for it");
    }
    for (int action : actions) {
      check(
          action >= 0 && action < space.count(),
          "a " + kind + " policy's action",
          action,
          "environment "
              + environment.name()
              + " has actions 0 to "
              + (space.count() - 1)
              + "; use a policy that was made for it");
    }
  }

  private static void checkWidths(int stateSize, int actionSize, Environment environment) {
    int states = environment.states().size();
    int actions = environment.actions().size();
    if (stateSize != states
        || actionSize != actions
        || !(environment.actions() instanceof ActionSpace.Box)) {
      throw new InvalidInputException(
          "a linear policy of "
              + stateSize
              + " states and "
              + actionSize
              + " real actions cannot act in environment "
              + environment.name()
              + ", which has "
              + states
              + " states and "
              + (environment.actions() instanceof ActionSpace.Box ? actions + " real" : "discrete")
              + " actions; use a policy that was made for it");
    }
  }
}
