package org.planloop.fitting;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.planloop.dynamics.ModelParameters;

/**
 * The result of a fit.
 *
 * @param model T_i+1
 * @param lossExpert loss on the expert's rows (held out where the family holds rows out); empty if
 *     the side is empty
 * @param lossLearner loss on the learner's rows; empty if the side is empty
 * @param mixExpert share of the expert's rows among those really drawn, or of their weight
 * @param learnerDraws rows of the learner that were drawn, every member's counted; empty for a
 *     family that reads every row once
 * @param metrics further figures of this family by metric name, for example {@code train/steps}
 * @param warnings what the user should know, one line each: a restart after a divergence, a starved
 *     side
 */
public record Fitted(
    ModelParameters model,
    OptionalDouble lossExpert,
    OptionalDouble lossLearner,
    double mixExpert,
    OptionalLong learnerDraws,
    Map<String, Double> metrics,
    List<String> warnings) {
  /** Of a family that reads every row once. */
  public Fitted(
      ModelParameters model,
      OptionalDouble lossExpert,
      OptionalDouble lossLearner,
      double mixExpert,
      Map<String, Double> metrics,
      List<String> warnings) {
    this(model, lossExpert, lossLearner, mixExpert, OptionalLong.empty(), metrics, warnings);
  }

  public Fitted {
    metrics = Map.copyOf(metrics);
    warnings = List.copyOf(warnings);
  }
}
