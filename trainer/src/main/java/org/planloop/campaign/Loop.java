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
 * What the loops of both modes have in common: the expert's data first, a first policy, then fit
 * after fit with its candidate checked, published and made a row, and in the end the choice of the
 * best of pi_1 .. pi_N+1. A loop does nothing itself: every call takes what happened and returns
 * what is to be done. Time is an argument; the same events give the same effects.
 */
abstract sealed class Loop permits CampaignLoop, AsynchronousLoop {
  /** Fits without a result, in a row, after which the campaign gives up. */
  private static final int MAX_FAILED_FITS = 3;

  /** Failed learner episodes in a row after which the environment is taken for broken. */
  private static final int MAX_FAILED_EPISODES = 10;

  final CampaignPlan plan;
  final FlightPlan flights;
  final SelfExamination examination;
  private final Clearance clearance;
  private final boolean evaluating;
  CampaignState state;
  @Nullable Iteration iteration;
  private @Nullable FinalChoice choice;
  private @Nullable PolicyDefinition candidate;
  private final List<JobResult> demonstrations = new ArrayList<>();
  private int pendingDemonstrations;

  /** The policy that is to fly in the place of the next candidate; 0 where nobody has asked. */
  private int rollBack;

  /**
   * @param state what was remembered after the last row; {@link CampaignState#EMPTY} for a new
   *     campaign
   */
  Loop(CampaignPlan plan, CampaignState state) {
    this.plan = plan;
    this.state = state;
    this.flights = new FlightPlan(plan.seed(), plan.environmentsPerJob());
    this.examination = new SelfExamination(plan, flights);
    this.clearance = new Clearance(plan);
    this.evaluating = plan.evaluation().episodes() > 0;
  }

  /**
   * The loop of the plan's mode.
   *
   * @param arrived jobs that came in after the last row; an asynchronous campaign counts them
   */
  static Loop of(CampaignPlan plan, CampaignState state, List<JobResult> arrived) {
    return plan.campaign().asynchronous()
        ? new AsynchronousLoop(plan, state, arrived)
        : new CampaignLoop(plan, state);
  }

  /** Flies pi_number. */
  abstract List<Effect> begin(int number);

  /** A job of pi_1 or later is flown. */
  abstract List<Effect> onFlown(Iteration current, JobResult result, double wallSeconds);

  /** A job was not flown. */
  abstract List<Effect> onRetired(RolloutJob job);

  /** The fit, once what it waits for is there. */
  abstract List<Effect> fitIfReady(Iteration current);

  /** Whether the loop decides by itself if a result that came in is to be kept. */
  boolean keepsItself(JobResult result) {
    return false;
  }

  private static List<Effect> with(JobResult kept, List<Effect> effects) {
    List<Effect> all = new ArrayList<>(effects.size() + 1);
    all.add(new Effect.Keep(kept));
    all.addAll(effects);
    return all;
  }

  /** Adds figures to the row that is about to be made. */
  void measure(Iteration current) {}

  /** What the row of an iteration makes final besides. */
  CampaignState closed(CampaignState withRow, Iteration row) {
    return withRow;
  }

  /** What is to be called off once the last row is made. */
  List<Effect> landed() {
    return List.of();
  }

  /** What to do first, for a new campaign or after row i of an old one. */
  final List<Effect> start() {
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
  final List<Effect> on(Event event, double wallSeconds) {
    if (event instanceof Event.JobFlown flown) {
      List<Effect> effects = onFlown(flown.result(), wallSeconds);
      return keepsItself(flown.result()) ? effects : with(flown.result(), effects);
    } else if (event instanceof Event.JobRetired retired) {
      return onRetired(retired.job());
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
    } else if (event instanceof Event.RollBack asked) {
      rollBack = asked.version();
      return List.of();
    } else if (event instanceof Event.Published published) {
      return onPublished(published.version(), wallSeconds);
    } else {
      return afterRow();
    }
  }

  /** What is remembered after the last row. */
  final CampaignState state() {
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

  /** The evaluation's first flights of pi_i; none where it is off. */
  final List<RolloutJob> evaluation(Iteration current) {
    if (!evaluating) {
      return List.of();
    }
    List<RolloutJob> jobs =
        flights.jobs(Purpose.EVALUATE, 0, current.number, 0, 0, firstEvaluation(), 0, 0);
    current.await(Purpose.EVALUATE, jobs.size());
    return jobs;
  }

  /** The flights that pi_i's diagnosis needs; none where it is off. */
  final List<RolloutJob> diagnosis(Iteration current) {
    if (!plan.diagnoses(current.number)) {
      return List.of();
    }
    List<RolloutJob> jobs = examination.jobs(current.number, lastDiagnosis());
    current.await(Purpose.DIAGNOSE, jobs.size());
    return jobs;
  }

  final List<RolloutJob> demonstrations(int number) {
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

  final List<RolloutJob> supervised(List<RolloutJob> jobs) {
    if (plan.rescuer().isEmpty()) {
      return jobs;
    }
    int rescuer = plan.rescuer().get() == Rescuer.EXPERT ? 0 : state.safety().trusted();
    return jobs.stream().map(job -> job.rescuedBy(rescuer)).toList();
  }

  private List<Effect> onFlown(JobResult result, double wallSeconds) {
    FinalChoice choosing = choice;
    Iteration current = iteration;
    if (choosing != null) {
      // A learner's job that was in the air when the last row was made changes nothing any more.
      return result.job().purpose() == Purpose.COLLECT
          ? List.of()
          : conclude(choosing, choosing.flown(result));
    }
    return current == null ? onDemonstration(result) : onFlown(current, result, wallSeconds);
  }

  private List<Effect> onModelFlown(Event.ModelFlown flown, double wallSeconds) {
    Iteration current = requireNonNull(iteration);
    current.diagnosis.flownInModel(flown);
    return onDiagnosed(current, wallSeconds);
  }

  /** The fit may have waited for the diagnosis; the row surely does. */
  final List<Effect> onDiagnosed(Iteration current, double wallSeconds) {
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

  /** Whether the alarm acts on the fit, so that it waits for the diagnosis. */
  final boolean awaitsDiagnosis(Iteration current) {
    return examination.decidesFit() && !current.diagnosis.complete();
  }

  /** Why there is nothing to fit to; empty where there is. */
  final Optional<String> nothingToFit(Iteration current) {
    if (state.learnerRows() + current.learnerRows() > 0 || plan.expertFraction() >= 1) {
      return Optional.empty();
    }
    return Optional.of(
        current.interventions() > 0
            ? "no learner transition to fit to: the envelope leaves the candidate not one step;"
                + " widen rollout.envelope"
            : "no learner transition to fit to: every episode failed, the last with: "
                + lastFailure(current));
  }

  /** The fit that comes next, or that was asked for last. */
  Effect.Fit fit(Iteration current) {
    return examination.fit(
        current.number,
        examination.decidesFit() ? diagnosed(current) : Optional.empty(),
        state.learnerRows() + current.learnerRows(),
        state.expertRows() + current.expertRows());
  }

  /** That too many learner episodes in a row failed; empty where not. */
  final Optional<String> broken(Iteration current) {
    int failed = failedInARow(current);
    return failed < MAX_FAILED_EPISODES
        ? Optional.empty()
        : Optional.of(
            failed + " learner episodes in a row failed, the last with: " + lastFailure(current));
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
    if (rollBack > 0) {
      int from = rollBack;
      rollBack = 0;
      return decided(clearance.rollBack(state, fitted.version(), from));
    }
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

  final List<Effect> rowIfComplete(Iteration current, double wallSeconds) {
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
    measure(current);
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
    state = closed(state, current);
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
    List<Effect> effects = new ArrayList<>(landed());
    effects.addAll(conclude(next, next.start()));
    return effects;
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

  final List<Effect> fail(String reason) {
    return List.of(new Effect.Fail(reason));
  }

  private static List<Double> wholeReturns(List<EpisodeResult> episodes) {
    return episodes.stream()
        .filter(episode -> !episode.failed())
        .map(EpisodeResult::totalReward)
        .collect(toCollection(ArrayList::new));
  }
}
