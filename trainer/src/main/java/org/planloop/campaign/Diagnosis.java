package org.planloop.campaign;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.planloop.diagnostics.AlarmLevel;
import org.planloop.diagnostics.PerformanceDifference;

/**
 * What learner and expert returned in one iteration, for real and in the model that the learner's
 * policy was planned in, on the same episodes. Everything else follows from these returns: the
 * three terms of the performance difference, with intervals over episodes, and the alarm.
 *
 * @param realLearner pi_i by episode; NaN where the environment failed
 * @param modelLearner pi_i in T_i; NaN where the model diverges; empty if it could not be flown
 * @param realExpert the expert; empty where it does not act, or nobody asked
 * @param modelExpert the expert in T_i; empty likewise
 * @param alarmLevel how far the response to the alarm goes after this iteration
 * @param steps transitions flown for diagnosis so far, in no other count
 */
public record Diagnosis(
    List<Double> realLearner,
    List<Double> modelLearner,
    List<Double> realExpert,
    List<Double> modelExpert,
    int alarmLevel,
    long steps) {
  public Diagnosis {
    realLearner = List.copyOf(realLearner);
    modelLearner = List.copyOf(modelLearner);
    realExpert = List.copyOf(realExpert);
    modelExpert = List.copyOf(modelExpert);
  }

  /** The same with another level of response. */
  Diagnosis withAlarmLevel(int level) {
    return new Diagnosis(realLearner, modelLearner, realExpert, modelExpert, level, steps);
  }

  /** Mean real return of pi_i over all its episodes. */
  public OptionalDouble realLearnerMean() {
    return mean(realLearner);
  }

  /** Mean return of pi_i in the model. */
  public OptionalDouble modelLearnerMean() {
    return mean(modelLearner);
  }

  /** Mean real return of the expert. */
  public OptionalDouble realExpertMean() {
    return mean(realExpert);
  }

  /** Mean return of the expert in the model. */
  public OptionalDouble modelExpertMean() {
    return mean(modelExpert);
  }

  /** What the learner gets for real beyond the model's promise; needs no expert. */
  public ReturnEstimate learnerFit() {
    return compared()
        ? term(PerformanceDifference::learnerFit)
        : promised((real, model) -> real - model);
  }

  /** What the model promises the expert beyond what it gets. */
  public ReturnEstimate expertFit() {
    return term(PerformanceDifference::expertFit);
  }

  /** What the learner gets in the model beyond the expert there. */
  public ReturnEstimate planning() {
    return term(PerformanceDifference::planning);
  }

  /** What the learner gets for real beyond the expert: the sum of the terms. */
  public ReturnEstimate gap() {
    return term(PerformanceDifference::gap);
  }

  /** Whether the model promises the learner more than it gets, beyond the interval. */
  public boolean exploited() {
    ReturnEstimate excess = promised((real, model) -> model - real);
    return excess.ci95().isPresent()
        && AlarmLevel.rings(
            excess.mean().orElseThrow(),
            excess.ci95().getAsDouble(),
            promised((real, model) -> real).mean().orElseThrow());
  }

  /** The alarm in words; empty while it is quiet. */
  Optional<String> warning() {
    if (!exploited()) {
      return Optional.empty();
    }
    ReturnEstimate excess = promised((real, model) -> model - real);
    return Optional.of(
        String.format(
            Locale.ROOT,
            "model exploitation: the model promises the learner %.4g, it gets %.4g; the excess is"
                + " %.4g +- %.4g%s",
            promised((real, model) -> model).mean().orElseThrow(),
            promised((real, model) -> real).mean().orElseThrow(),
            excess.mean().orElseThrow(),
            excess.ci95().orElseThrow(),
            alarmLevel == 0 ? "" : "; response level " + alarmLevel + " of " + AlarmLevel.HIGHEST));
  }

  private interface Pair {
    double of(double real, double model);
  }

  /** Over the episodes that the learner finished in both worlds. */
  private ReturnEstimate promised(Pair pair) {
    return ReturnEstimate.of(
        IntStream.range(0, modelLearner.size())
            .mapToDouble(k -> pair.of(realLearner.get(k), modelLearner.get(k)))
            .filter(Double::isFinite)
            .toArray());
  }

  private boolean compared() {
    return !realExpert.isEmpty() && !modelExpert.isEmpty() && !modelLearner.isEmpty();
  }

  /** Over the episodes that all four finished, so that the means of the terms add up. */
  private ReturnEstimate term(ToDoubleFunction<PerformanceDifference> part) {
    return ReturnEstimate.of(
        IntStream.range(0, compared() ? modelLearner.size() : 0)
            .mapToObj(
                k ->
                    PerformanceDifference.ofReturns(
                        realLearner.get(k),
                        realExpert.get(k),
                        modelLearner.get(k),
                        modelExpert.get(k)))
            .filter(difference -> Double.isFinite(difference.gap()))
            .mapToDouble(part)
            .toArray());
  }

  private static OptionalDouble mean(List<Double> returns) {
    return ReturnEstimate.of(
            returns.stream().mapToDouble(Double::doubleValue).filter(Double::isFinite).toArray())
        .mean();
  }
}
