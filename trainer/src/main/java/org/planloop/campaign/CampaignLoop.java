package org.planloop.campaign;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Purpose;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.Rescuer;
import org.planloop.protocol.RolloutJob;

/**
 * The loop of Ross and Bagnell (2012) as a state machine: fly pi_i, aggregate, fit T_i+1 on the
 * mixture, plan pi_i+1, again; then choose the best of pi_1 .. pi_N+1. It does nothing itself:
 * every call takes what happened and returns what is to be done. Time is an argument; the same
 * events give the same effects.
 *
 * <p>Evaluation of pi_i flies beside its data collection; the fit starts as soon as the iteration's
 * data is complete.
 */
public final class CampaignLoop {
  /** Fits without a result, in a row, after which the campaign gives up. */
  private static final int MAX_FAILED_FITS = 3;

  /** Failed learner episodes in a row after which the environment is taken for broken. */
  private static final int MAX_FAILED_EPISODES = 10;

  private final CampaignPlan plan;
  private final FlightPlan flights;
  private final SelfExamination examination;
  private final Clearance clearance;
  private final boolean evaluating;
  private CampaignState state;
  private @Nullable Iteration iteration;
  private @Nullable FinalChoice choice;
  private @Nullable PolicyDefinition candidate;
  private final List<JobResult> demonstrations = new ArrayList<>();
  private int pendingDemonstrations;

  /**
   * @param state what was remembered after the last row; {@link CampaignState#EMPTY} for a new
   *     campaign
   */
  public CampaignLoop(CampaignPlan plan, CampaignState state) {
    this.plan = plan;
    this.state = state;
    this.flights = new FlightPlan(plan.seed(), plan.environmentsPerJob());
    this.examination = new SelfExamination(plan, flights);
    this.clearance = new Clearance(plan);
    this.evaluating = plan.evaluation().episodes() > 0;
  }

  /** What to do first, for a new campaign or after row i of an old one. */
  public List<Effect> start() {
    if (state.iteration() > 0) {
      return afterRow();
    }
    if (plan.fliesExpertFirst()) {
      List<RolloutJob> jobs = demonstrations(0);
      pendingDemonstrations = jobs.size();
      return List.of(new Effect.Fly(jobs));
    }
    if (plan.usesExpert() && !plan.expertCanFly()) {
      return List.of(new Effect.ImportExpert());
    }
    return firstPolicy();
  }

  /**
   * What to do next.
   *
   * @param wallSeconds active time over all attempts so far
   */
  public List<Effect> on(Event event, double wallSeconds) {
    if (event instanceof Event.JobFlown flown) {
      return onFlown(flown.result(), wallSeconds);
    } else if (event instanceof Event.JobAbandoned abandoned) {
      return fail(
          "job " + abandoned.job() + " was given up after several attempts: " + abandoned.reason());
    } else if (event instanceof Event.ExpertImported imported) {
      state = state.withExpert(imported.rows(), imported.rows(), imported.returns());
      return firstPolicy();
    } else if (event instanceof Event.Fitted fitted) {
      return onFitted(fitted);
    } else if (event instanceof Event.FitFailed failed) {
      return onFitFailed(failed);
    } else if (event instanceof Event.Checked checked) {
      return onChecked(checked);
    } else if (event instanceof Event.ModelFlown flown) {
      return onModelFlown(flown, wallSeconds);
    } else if (event instanceof Event.Published published) {
      return onPublished(published.version(), wallSeconds);
    } else {
      return afterRow();
    }
  }

  /** What is remembered after the last row. */
  public CampaignState state() {
    return state;
  }

  private List<Effect> firstPolicy() {
    return switch (plan.campaign().firstPolicy()) {
      case RANDOM -> offer(1, new PolicyDefinition.RandomActions(), "random actions");
      case INITIAL_MODEL -> List.of(new Effect.PlanInitialModel());
      case EXPERT_MODEL -> List.of(fitOfExpert());
    };
  }

  private Effect.Fit fitOfExpert() {
    return new Effect.Fit(1, 0, 1, 0, state.expertRows());
  }

  /** Publishes a candidate, after a check where there is one. */
  private List<Effect> offer(int version, PolicyDefinition policy, String origin) {
    candidate = policy;
    if (!plan.preflight()) {
      return decided(clearance.publish(state, version, policy, origin));
    }
    return List.of(
        new Effect.Preflight(policy, iteration == null ? fitOfExpert() : fit(iteration)));
  }

  private List<Effect> decided(Clearance.Outcome outcome) {
    state = outcome.state();
    return outcome.effects();
  }

  private List<Effect> begin(int number) {
    Iteration current = new Iteration(number);
    iteration = current;
    List<RolloutJob> jobs = new ArrayList<>(wave(current));
    if (plan.fliesExpertEachIteration()) {
      List<RolloutJob> expert = demonstrations(number);
      current.await(Purpose.EXPERT, expert.size());
      jobs.addAll(expert);
    }
    if (evaluating) {
      List<RolloutJob> evaluation =
          flights.jobs(Purpose.EVALUATE, 0, number, 0, 0, firstEvaluation(), 0, 0);
      current.await(Purpose.EVALUATE, evaluation.size());
      jobs.addAll(evaluation);
    }
    if (!plan.diagnoses(number)) {
      return List.of(new Effect.Fly(jobs));
    }
    List<RolloutJob> diagnosis = examination.jobs(number, lastDiagnosis());
    current.await(Purpose.DIAGNOSE, diagnosis.size());
    jobs.addAll(diagnosis);
    return List.of(new Effect.Fly(jobs), examination.inModel(number));
  }

  private List<RolloutJob> demonstrations(int number) {
    return flights.jobs(
        Purpose.EXPERT, number, 0, 0, 0, plan.expert().episodes(), 0, plan.expert().rows());
  }

  private Optional<Diagnosis> lastDiagnosis() {
    return state.lastRow().flatMap(ProgressRow::diagnosis);
  }

  private Optional<Diagnosis> diagnosed(Iteration current) {
    return current.diagnosis.found(lastDiagnosis()).map(examination::judged);
  }

  private int firstEvaluation() {
    return Math.min(plan.evaluation().firstEpisodes(), plan.evaluation().episodes());
  }

  /** The next learner jobs of the iteration; none once its steps or episodes are flown. */
  private List<RolloutJob> wave(Iteration current) {
    CampaignSettings settings = plan.campaign();
    int flown = current.learnerEpisodes();
    FlightPlan.Wave wave;
    if (settings.episodesPerIteration() > 0) {
      wave = new FlightPlan.Wave(flown == 0 ? settings.episodesPerIteration() : 0, 0);
    } else {
      int left = settings.stepsPerIteration() - current.learnerSteps();
      wave = left > 0 ? FlightPlan.wave(left, plan.maxEpisodeSteps()) : new FlightPlan.Wave(0, 0);
    }
    List<RolloutJob> jobs =
        flights.jobs(
            Purpose.COLLECT,
            current.number,
            current.number,
            current.learnerJobs(),
            flown,
            wave.episodes(),
            wave.cutAfter(),
            settings.rowsPerIteration());
    current.await(Purpose.COLLECT, jobs.size());
    return supervised(jobs);
  }

  private List<RolloutJob> supervised(List<RolloutJob> jobs) {
    if (plan.rescuer().isEmpty()) {
      return jobs;
    }
    int rescuer = plan.rescuer().get() == Rescuer.EXPERT ? 0 : state.safety().trusted();
    return jobs.stream().map(job -> job.rescuedBy(rescuer)).toList();
  }

  private List<Effect> onFlown(JobResult result, double wallSeconds) {
    if (choice != null) {
      return onChoiceFlown(choice, result);
    }
    Iteration current = iteration;
    if (current == null) {
      return onDemonstration(result);
    }
    current.flown(result);
    if (result.job().purpose() == Purpose.EVALUATE) {
      return rowIfComplete(current, wallSeconds);
    }
    if (result.job().purpose() == Purpose.DIAGNOSE) {
      return onDiagnosed(current, wallSeconds);
    }
    return onData(current, result);
  }

  private List<Effect> onModelFlown(Event.ModelFlown flown, double wallSeconds) {
    Iteration current = requireNonNull(iteration);
    current.diagnosis.flownInModel(flown);
    return onDiagnosed(current, wallSeconds);
  }

  /** The fit may have waited for the diagnosis; the row surely does. */
  private List<Effect> onDiagnosed(Iteration current, double wallSeconds) {
    List<Effect> fit = fitIfReady(current);
    return fit.isEmpty() ? rowIfComplete(current, wallSeconds) : fit;
  }

  private List<Effect> onDemonstration(JobResult result) {
    demonstrations.add(result);
    pendingDemonstrations--;
    if (pendingDemonstrations > 0) {
      return List.of();
    }
    List<EpisodeResult> episodes = JobResult.inOrder(demonstrations);
    List<Double> returns = wholeReturns(episodes);
    if (returns.isEmpty()) {
      return fail("every episode of the expert failed: " + episodes.get(0).failure());
    }
    state =
        state.withExpert(
            demonstrations.stream().mapToInt(JobResult::steps).sum(),
            demonstrations.stream().mapToInt(JobResult::storedRows).sum(),
            returns);
    return firstPolicy();
  }

  private List<Effect> onData(Iteration current, JobResult result) {
    if (result.job().purpose() == Purpose.COLLECT && current.waveFlown()) {
      int failedInARow = failedInARow(current);
      if (failedInARow >= MAX_FAILED_EPISODES) {
        return fail(
            failedInARow
                + " learner episodes in a row failed, the last with: "
                + lastFailure(current));
      }
      List<RolloutJob> more = wave(current);
      if (!more.isEmpty()) {
        return List.of(new Effect.Fly(more));
      }
    }
    return fitIfReady(current);
  }

  /** Once the data is complete and, where the alarm acts on the fit, the diagnosis too. */
  private List<Effect> fitIfReady(Iteration current) {
    if (current.fitAsked()
        || !current.dataComplete()
        || (examination.decidesFit() && !current.diagnosis.complete())) {
      return List.of();
    }
    current.askFit();
    if (state.learnerRows() + current.learnerRows() == 0 && plan.expertFraction() < 1) {
      return fail(
          current.interventions() > 0
              ? "no learner transition to fit to: the envelope leaves the candidate not one step;"
                  + " widen rollout.envelope"
              : "no learner transition to fit to: every episode failed, the last with: "
                  + lastFailure(current));
    }
    return List.of(fit(current));
  }

  private Effect.Fit fit(Iteration current) {
    return examination.fit(
        current.number,
        examination.decidesFit() ? diagnosed(current) : Optional.empty(),
        state.learnerRows() + current.learnerRows(),
        state.expertRows() + current.expertRows());
  }

  private int failedInARow(Iteration current) {
    int count = state.failedEpisodes();
    for (EpisodeResult episode : current.episodes()) {
      count = episode.failed() ? count + 1 : 0;
    }
    return count;
  }

  private static String lastFailure(Iteration current) {
    return current.episodes().stream()
        .filter(EpisodeResult::failed)
        .reduce((a, b) -> b)
        .map(EpisodeResult::failure)
        .orElse("no failure was reported");
  }

  private List<Effect> onFitted(Event.Fitted fitted) {
    if (iteration != null) {
      iteration.fitted(fitted);
    }
    state = state.withFailedFits(0);
    return offer(
        fitted.version(),
        fitted.policy(),
        fitted.mixExpert().isEmpty()
            ? "planned in the stated initial model"
            : "planned in the model that was fitted through iteration " + (fitted.version() - 1));
  }

  private List<Effect> onChecked(Event.Checked checked) {
    boolean crashed = iteration != null && iteration.count(End.CRASHED) > 0;
    if (iteration != null) {
      iteration.checked(checked);
    }
    return decided(clearance.checked(state, checked, requireNonNull(candidate), crashed));
  }

  private List<Effect> onFitFailed(Event.FitFailed failed) {
    if (failed.fatal()) {
      return fail(failed.reason());
    }
    if (iteration == null) {
      return fail("the first policy cannot be planned: " + failed.reason());
    }
    iteration.fitted(failed);
    state = state.withFailedFits(state.failedFits() + 1);
    if (state.failedFits() >= MAX_FAILED_FITS) {
      return fail(
          state.failedFits() + " fits in a row had no result, the last with: " + failed.reason());
    }
    state =
        state.withNote(
            "the fit of iteration "
                + iteration.number
                + " had no result ("
                + failed.reason()
                + "); its policy flew again");
    return decided(clearance.publishAgain(state, failed.version(), "the fit had no result"));
  }

  private List<Effect> onPublished(int version, double wallSeconds) {
    if (iteration == null) {
      return begin(version);
    }
    iteration.published();
    return rowIfComplete(iteration, wallSeconds);
  }

  private List<Effect> rowIfComplete(Iteration current, double wallSeconds) {
    if (!current.complete()) {
      return List.of();
    }
    Optional<Candidate> judged =
        evaluating
            ? Optional.of(
                new Candidate(current.number, List.of())
                    .with(FinalChoice.returns(current.evaluated())))
            : Optional.empty();
    ReturnEstimate evaluated = judged.map(Candidate::estimate).orElse(ReturnEstimate.NONE);
    ProgressRow row = current.row(state, wallSeconds, evaluated, diagnosed(current));
    state =
        state.withRow(
            row,
            judged,
            wholeReturns(current.expertEpisodes()),
            current.learnerRows(),
            current.expertRows(),
            failedInARow(current));
    if (current.flewAlone()) {
      state = state.withSafety(state.safety().trusting(current.number));
    }
    return List.of(new Effect.Checkpoint(state));
  }

  /** Goes on with the next iteration, or chooses among what there is. */
  private List<Effect> afterRow() {
    ProgressRow last = state.lastRow().orElseThrow();
    CampaignSettings settings = plan.campaign();
    // A return that a rescuer had a hand in is not the policy's own.
    boolean reached =
        (last.interventions() == 0
                && last.returnMean().orElse(Double.NEGATIVE_INFINITY) >= settings.stopAtReturn())
            || last.evalReturnMean().orElse(Double.NEGATIVE_INFINITY) >= settings.stopAtReturn();
    if (last.iteration() < settings.iterations()
        && !reached
        && last.wallSeconds() < settings.maxWallSeconds()) {
      return begin(last.iteration() + 1);
    }
    if (last.iteration() < settings.iterations()) {
      state =
          state.withNote(
              reached
                  ? "stopped after iteration "
                      + last.iteration()
                      + ": campaign.stop-at-return is reached"
                  : "stopped after iteration " + last.iteration() + ": campaign.max-wall is over");
    }
    for (String note : examination.notes(state.rows())) {
      state = state.withNote(note);
    }
    iteration = null;
    FinalChoice next = new FinalChoice(plan, flights, state);
    choice = next;
    return conclude(next, next.start());
  }

  private List<Effect> onChoiceFlown(FinalChoice current, JobResult result) {
    return conclude(current, current.flown(result));
  }

  private List<Effect> conclude(FinalChoice current, List<RolloutJob> jobs) {
    if (!jobs.isEmpty()) {
      return List.of(new Effect.Fly(jobs));
    }
    return current
        .selection()
        .map(selection -> finish(current.finished(), selection))
        .orElse(List.of());
  }

  private List<Effect> finish(CampaignState finished, Selection selection) {
    state = Clearance.selected(finished, selection);
    return List.of(new Effect.Finish(state, selection));
  }

  private List<Effect> fail(String reason) {
    return List.of(new Effect.Fail(reason));
  }

  private static List<Double> wholeReturns(List<EpisodeResult> episodes) {
    return episodes.stream()
        .filter(episode -> !episode.failed())
        .map(EpisodeResult::totalReward)
        .collect(toCollection(ArrayList::new));
  }
}
