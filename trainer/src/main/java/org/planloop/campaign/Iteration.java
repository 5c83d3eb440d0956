package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Purpose;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;

/**
 * Iteration i under way: what is flown so far and what is still awaited. Results may arrive in any
 * order.
 */
final class Iteration {
  final int number;
  private final List<JobResult> learner = new ArrayList<>();
  private final List<JobResult> expert = new ArrayList<>();
  private final List<JobResult> evaluation = new ArrayList<>();
  final DiagnosisFlights diagnosis = new DiagnosisFlights();
  private boolean fitAsked;
  private int pendingLearner;
  private int pendingExpert;
  private int pendingEvaluation;
  private @Nullable Event outcome;
  private boolean published;
  private Map<String, Double> metrics = Map.of();

  Iteration(int number) {
    this.number = number;
  }

  void await(Purpose purpose, int jobs) {
    switch (purpose) {
      case COLLECT -> pendingLearner += jobs;
      case EXPERT -> pendingExpert += jobs;
      case DIAGNOSE -> diagnosis.await(jobs);
      default -> pendingEvaluation += jobs;
    }
  }

  void flown(JobResult result) {
    switch (result.job().purpose()) {
      case COLLECT -> {
        learner.add(result);
        pendingLearner--;
      }
      case EXPERT -> {
        expert.add(result);
        pendingExpert--;
      }
      case DIAGNOSE -> diagnosis.flown(result);
      default -> {
        evaluation.add(result);
        pendingEvaluation--;
      }
    }
  }

  /** Takes a learner's job that the iteration does not wait for. */
  void collected(JobResult result) {
    learner.add(result);
  }

  /** Adds a figure to the row's. */
  void note(String metric, double value) {
    Map<String, Double> more = new TreeMap<>(metrics);
    more.put(metric, value);
    metrics = more;
  }

  /** Whether the fit is asked for; it is asked for once. */
  boolean fitAsked() {
    return fitAsked;
  }

  void askFit() {
    fitAsked = true;
  }

  void fitted(Event fittedOrFailed) {
    outcome = fittedOrFailed;
  }

  void checked(Event.Checked check) {
    check.metrics().forEach(this::note);
  }

  void published() {
    published = true;
  }

  boolean waveFlown() {
    return pendingLearner == 0;
  }

  boolean dataComplete() {
    return pendingLearner == 0 && pendingExpert == 0;
  }

  /** Whether everything of row i is there. */
  boolean complete() {
    return published && dataComplete() && pendingEvaluation == 0 && diagnosis.complete();
  }

  int learnerSteps() {
    return learner.stream().mapToInt(JobResult::steps).sum();
  }

  int learnerRows() {
    return learner.stream().mapToInt(JobResult::storedRows).sum();
  }

  int expertRows() {
    return expert.stream().mapToInt(JobResult::storedRows).sum()
        + learner.stream().mapToInt(JobResult::rescuedRows).sum();
  }

  int learnerEpisodes() {
    return learner.stream().mapToInt(result -> result.episodes().size()).sum();
  }

  int learnerJobs() {
    return learner.size();
  }

  /** This iteration's learner episodes in order of their index. */
  List<EpisodeResult> episodes() {
    return JobResult.inOrder(learner);
  }

  /** Evaluation episodes in order of their index. */
  List<EpisodeResult> evaluated() {
    return JobResult.inOrder(evaluation);
  }

  List<EpisodeResult> expertEpisodes() {
    return JobResult.inOrder(expert);
  }

  /** By how many versions each learner job's policy is older than pi_i, ascending. */
  List<Integer> staleness() {
    return learner.stream().map(result -> number - result.job().policyVersion()).sorted().toList();
  }

  /** pi_i's own learner episodes in order of their index: all of them where each waits for it. */
  private List<EpisodeResult> ownEpisodes() {
    return JobResult.inOrder(
        learner.stream().filter(result -> result.job().policyVersion() == number).toList());
  }

  /**
   * The returns that make return_mean: pi_i's whole episodes; a cut one counts only if there is no
   * other.
   */
  double[] returns() {
    List<EpisodeResult> flown =
        ownEpisodes().stream().filter(episode -> !episode.failed()).toList();
    List<EpisodeResult> whole = flown.stream().filter(episode -> episode.end() != End.CUT).toList();
    return (whole.isEmpty() ? flown : whole)
        .stream().mapToDouble(EpisodeResult::totalReward).toArray();
  }

  int count(End end) {
    return (int) episodes().stream().filter(episode -> episode.end() == end).count();
  }

  int interventions() {
    return episodes().stream().mapToInt(EpisodeResult::interventions).sum();
  }

  /** Whether the policy flew, all of its episodes by itself, and brought them home. */
  boolean flewAlone() {
    List<EpisodeResult> own = ownEpisodes();
    return !own.isEmpty()
        && own.stream()
            .allMatch(
                episode ->
                    episode.interventions() == 0
                        && episode.end() != End.CRASHED
                        && episode.end() != End.FAILED);
  }

  double flyingSeconds() {
    return seconds(learner) + seconds(expert);
  }

  double evaluatingSeconds() {
    return seconds(evaluation);
  }

  private static double seconds(List<JobResult> results) {
    return results.stream().mapToDouble(result -> result.actSeconds() + result.stepSeconds()).sum();
  }

  /** Whether the fit has ended, with or without a result. */
  boolean fitEnded() {
    return outcome != null;
  }

  Optional<Event.Fitted> fit() {
    return outcome instanceof Event.Fitted fitted ? Optional.of(fitted) : Optional.empty();
  }

  double fitSeconds() {
    return outcome instanceof Event.Fitted fitted
        ? fitted.seconds()
        : outcome instanceof Event.FitFailed failed ? failed.seconds() : 0;
  }

  /** Row i. */
  ProgressRow row(
      CampaignState before,
      double wallSeconds,
      ReturnEstimate evaluatedPolicy,
      Optional<Diagnosis> examined) {
    ReturnEstimate returned = ReturnEstimate.of(returns());
    OptionalDouble bestBefore =
        before.lastRow().map(ProgressRow::bestReturnMean).orElse(OptionalDouble.empty());
    Optional<Event.Fitted> fit = fit();
    return new ProgressRow(
        number,
        before.envSteps() + learnerSteps(),
        before.expertSteps() + expertEpisodes().stream().mapToInt(EpisodeResult::steps).sum(),
        before.evalSteps() + evaluated().stream().mapToInt(EpisodeResult::steps).sum(),
        wallSeconds,
        returned.mean(),
        returned.ci95(),
        larger(bestBefore, returned.mean()),
        evaluatedPolicy.mean(),
        evaluatedPolicy.ci95(),
        fit.map(Event.Fitted::lossExpert).orElse(OptionalDouble.empty()),
        fit.map(Event.Fitted::lossLearner).orElse(OptionalDouble.empty()),
        fit.map(Event.Fitted::mixExpert).orElse(OptionalDouble.empty()),
        number,
        count(End.CRASHED),
        interventions(),
        returned.episodes(),
        count(End.FAILED),
        fit.isEmpty(),
        flyingSeconds(),
        fitSeconds(),
        evaluatingSeconds(),
        allMetrics(),
        examined);
  }

  private Map<String, Double> allMetrics() {
    Map<String, Double> all = new TreeMap<>(metrics);
    fit().ifPresent(fitted -> all.putAll(fitted.metrics()));
    return all;
  }

  private static OptionalDouble larger(OptionalDouble a, OptionalDouble b) {
    return a.isEmpty() || (b.isPresent() && b.getAsDouble() > a.getAsDouble()) ? b : a;
  }
}
