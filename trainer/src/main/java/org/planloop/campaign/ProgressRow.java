package org.planloop.campaign;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What one iteration gave: the row of {@code progress.csv}, {@code metrics.jsonl} and the
 * TensorBoard events. Row i has pi_i's episodes and T_i+1's losses. Returns are rewards: larger is
 * better.
 *
 * @param iteration i, from 1
 * @param envSteps learner transitions so far, random ones included, evaluation excluded
 * @param expertSteps expert transitions so far
 * @param evalSteps transitions flown for evaluation so far
 * @param wallSeconds active time so far over all attempts
 * @param returnMean mean return of this iteration's whole episodes; empty if none succeeded
 * @param returnCi95 half width of its 95 % interval; empty below two episodes
 * @param bestReturnMean running maximum of {@code returnMean}
 * @param evalReturnMean pi_i on evaluation seeds; empty when off
 * @param evalReturnCi95 half width of its 95 % interval
 * @param modelLossExpert T_i+1 on the expert's rows; empty if there are none
 * @param modelLossLearner T_i+1 on the learner's rows; empty if there are none
 * @param mixExpert share of the expert's rows among those really drawn
 * @param policyVersion i of the policy that flew
 * @param crashes episodes of this iteration that crashed
 * @param interventions steps of this iteration that a rescuer flew
 * @param episodes whole episodes of this iteration that {@code returnMean} is over
 * @param failedEpisodes episodes of this iteration whose environment threw or returned NaN
 * @param fitFailed whether the fit diverged for good, so that T_i+1 is T_i
 * @param collectSeconds time spent flying
 * @param fitSeconds time spent fitting
 * @param evalSeconds time spent evaluating
 * @param metrics further figures by slash name, for example {@code train/steps}; they go to {@code
 *     metrics.jsonl} and TensorBoard
 * @param diagnosis what learner and expert returned for real and in the model; empty when off
 */
public record ProgressRow(
    int iteration,
    long envSteps,
    long expertSteps,
    long evalSteps,
    double wallSeconds,
    OptionalDouble returnMean,
    OptionalDouble returnCi95,
    OptionalDouble bestReturnMean,
    OptionalDouble evalReturnMean,
    OptionalDouble evalReturnCi95,
    OptionalDouble modelLossExpert,
    OptionalDouble modelLossLearner,
    OptionalDouble mixExpert,
    int policyVersion,
    int crashes,
    int interventions,
    int episodes,
    int failedEpisodes,
    boolean fitFailed,
    double collectSeconds,
    double fitSeconds,
    double evalSeconds,
    Map<String, Double> metrics,
    Optional<Diagnosis> diagnosis) {

  public ProgressRow {
    metrics = java.util.Collections.unmodifiableMap(new TreeMap<>(metrics));
    finite("wall_s", OptionalDouble.of(wallSeconds));
    finite("return_mean", returnMean);
    finite("return_ci95", returnCi95);
    finite("best_return_mean", bestReturnMean);
    finite("eval_return_mean", evalReturnMean);
    finite("eval_return_ci95", evalReturnCi95);
    finite("model_loss_expert", modelLossExpert);
    finite("model_loss_learner", modelLossLearner);
    finite("mix_expert", mixExpert);
  }

  private static void finite(String column, OptionalDouble value) {
    if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
      throw new IllegalArgumentException(
          column + " must be a finite number or empty: " + value.getAsDouble());
    }
  }

  /** A figure that may be missing: empty for NaN and the infinities. */
  public static OptionalDouble known(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
