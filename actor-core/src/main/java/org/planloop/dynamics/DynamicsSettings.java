package org.planloop.dynamics;

import static org.planloop.data.InvalidInputException.check;

import java.util.List;

/**
 * What kind of model is learned; the section {@code dynamics} of the configuration.
 *
 * @param kind the model family
 * @param members networks of an ensemble
 * @param elites members kept by held-out loss, 0 for all
 * @param hidden widths of the hidden layers
 * @param loss what an ensemble minimises
 * @param learnReward whether the model predicts the reward instead of using the known one
 * @param learnTermination whether the model predicts termination instead of using the known rule
 * @param initial the stated model that {@code campaign.first-policy = initial-model} plans in, by
 *     name; empty for the environment's first
 * @param completion the stated model that says what a tabular fit knows nothing of, by name; empty
 *     to choose among the stated models instead of counting
 * @param ridge regulariser of a linear fit: ridge * sqrt(rows) is added to the diagonal of the Gram
 *     matrix
 * @param timeRidge how strongly a time-varying linear fit ties each step to its neighbours in time,
 *     in rows: the effect of an input in units of its root mean square may not change as if this
 *     many rows said so
 */
public record DynamicsSettings(
    Kind kind,
    int members,
    int elites,
    List<Integer> hidden,
    Loss loss,
    boolean learnReward,
    boolean learnTermination,
    String initial,
    String completion,
    double ridge,
    double timeRidge) {
  /** The model families. */
  public enum Kind {
    ENSEMBLE,
    LINEAR,
    TIME_VARYING_LINEAR,
    TABULAR
  }

  /** What an ensemble minimises on normalised targets. */
  public enum Loss {
    SQUARED_ERROR,
    GAUSSIAN_NLL
  }

  public DynamicsSettings {
    hidden = List.copyOf(hidden);
    check(members >= 1 && members <= 100, "dynamics.members", members, "must be from 1 to 100");
    check(
        elites >= 0 && elites <= members,
        "dynamics.elites",
        elites,
        "must be from 0 (all) to dynamics.members = " + members);
    check(
        !hidden.isEmpty() && hidden.size() <= 10,
        "dynamics.hidden",
        hidden,
        "must have one to ten layers, for example [64, 64]");
    for (int width : hidden) {
      check(
          width >= 1 && width <= 4096, "dynamics.hidden", hidden, "widths must be from 1 to 4096");
    }
    check(
        ridge >= 0 && Double.isFinite(ridge),
        "dynamics.ridge",
        ridge,
        "must be a finite number, 0 or more");
    check(
        timeRidge >= 0 && Double.isFinite(timeRidge),
        "dynamics.time-ridge",
        timeRidge,
        "must be a finite number, 0 or more");
  }
}
