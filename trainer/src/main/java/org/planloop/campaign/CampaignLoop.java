package org.planloop.campaign;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.AuditEntry.Decision;
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

  /** Refused candidates in a row after which the user is warned, and again after as many. */
  private static final int MANY_REFUSALS = 5;

  private final CampaignPlan plan;
  private final FlightPlan flights;
  private final SelfExamination examination;
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
    this.evaluating = plan.evaluation().episodes() > 0;
  }

  /** What to do first, for a new campaign or after row i of an old one. */
  public List<Effect> start() {
    if (state.iteration() > 0) {
      return afterRow();
    }
    if (plan.fliesExpertFirst()) {
      List<RolloutJob> jobs =
          flights.jobs(
              Purpose.EXPERT, 0, 0, 0, 0, plan.expert().episodes(), 0, plan.expert().rows());
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
      return publish(version, policy, origin);
    }
    return List.of(
        new Effect.Preflight(policy, iteration == null ? fitOfExpert() : fit(iteration)));
  }

  private List<Effect> publish(int version, PolicyDefinition policy, String origin) {
    note(version, Decision.PUBLISHED, origin);
    return List.of(new Effect.Publish(version, policy));
  }

  private List<Effect> publishAgain(int version, String why) {
    note(version, Decision.PUBLISHED, why + ": pi_" + (version - 1) + " flies again");
    return List.of(new Effect.Republish(version));
  }

  private void note(int version, Decision decision, String reason) {
    state =
        state.withSafety(
            state.safety().with(new AuditEntry(version - 1, version, decision, reason)));
  }

  private List<Effect> begin(int number) {
    Iteration current = new Iteration(number);
    iteration = current;
    List<RolloutJob> jobs = new ArrayList<>(wave(current));
    if (plan.fliesExpertEachIteration()) {
      List<RolloutJob> expert =
          flights.jobs(
              Purpose.EXPERT, number, 0, 0, 0, plan.expert().episodes(), 0, plan.expert().rows());
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

  private Optional<Diagnosis> lastDiagnosis() {
    return state.rows().isEmpty()
        ? Optional.empty()
        : state.rows().get(state.rows().size() - 1).diagnosis();
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
    int version = checked.version();
    if (iteration != null) {
      iteration.checked(checked);
    }
    if (!checked.checked()) {
      note(version, Decision.UNCHECKED, checked.reason());
      return publish(version, requireNonNull(candidate), "the candidate flies unchecked");
    }
    if (checked.accepted()) {
      note(version, Decision.ACCEPTED, checked.reason());
      state = state.withSafety(state.safety().accepting(version));
      return publish(version, requireNonNull(candidate), "the candidate is accepted");
    }
    note(version, Decision.REFUSED, checked.reason());
    return refuse(version);
  }

  /**
   * What flew before flies again, if it is accepted and did not crash just now; else the expert.
   */
  private List<Effect> refuse(int version) {
    boolean crashed = iteration != null && iteration.count(End.CRASHED) > 0;
    Safety safety = crashed ? state.safety().accepting(0) : state.safety();
    state = state.withSafety(safety.refusing(state.safety().refusedInARow()));
    List<Effect> effects = new ArrayList<>(warnOfRefusals());
    effects.addAll(
        safety.accepted() == 0
            ? publish(
                version,
                plan.expertPolicy(),
                "the candidate is refused"
                    + (crashed ? ", and what flew before crashed" : "")
                    + ": the expert flies")
            : publishAgain(version, "the candidate is refused"));
    return effects;
  }

  /** Many refusals in a row: the data no longer comes from where the learner would go. */
  private List<Effect> warnOfRefusals() {
    Safety safety = state.safety();
    if (safety.refusedInARow() % MANY_REFUSALS != 0) {
      return List.of();
    }
    String message =
        "the pre-flight check has refused "
            + safety.refusedInARow()
            + " candidates in a row, and "
            + (safety.accepted() == 0 ? "the expert" : "pi_" + safety.accepted())
            + " flies in their place: the learner no longer sees its own states; loosen preflight,"
            + " or let candidates fly under supervision (rollout.supervision = envelope)";
    state = state.withNote(message);
    return List.of(new Effect.Warn(message));
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
    return publishAgain(failed.version(), "the fit had no result");
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
    List<Candidate> candidates = new ArrayList<>(state.candidates());
    ReturnEstimate evaluated = ReturnEstimate.NONE;
    if (evaluating) {
      Candidate judged =
          new Candidate(current.number, List.of()).with(FinalChoice.returns(current.evaluated()));
      candidates.add(judged);
      evaluated = judged.estimate();
    }
    ProgressRow row = current.row(state, wallSeconds, evaluated, diagnosed(current));
    List<ProgressRow> rows = new ArrayList<>(state.rows());
    rows.add(row);
    List<Double> expertReturns = new ArrayList<>(state.expertReturns());
    expertReturns.addAll(wholeReturns(current.expertEpisodes()));
    state =
        new CampaignState(
            rows,
            candidates,
            expertReturns,
            row.envSteps(),
            row.expertSteps(),
            row.evalSteps(),
            state.learnerRows() + current.learnerRows(),
            state.expertRows() + current.expertRows(),
            state.failedFits(),
            failedInARow(current),
            state.notes(),
            current.flewAlone() ? state.safety().trusting(current.number) : state.safety());
    return List.of(new Effect.Checkpoint(state));
  }

  /** Goes on with the next iteration, or chooses among what there is. */
  private List<Effect> afterRow() {
    ProgressRow last = state.rows().get(state.rows().size() - 1);
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
    AuditEntry entry =
        new AuditEntry(
            finished.iteration(),
            selection.chosen(),
            Decision.SELECTED,
            "by " + selection.selectedBy().name().toLowerCase(Locale.ROOT));
    state = finished.withSafety(finished.safety().with(entry));
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
