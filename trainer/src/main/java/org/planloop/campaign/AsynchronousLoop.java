package org.planloop.campaign;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Purpose;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/**
 * The loop without its pauses: the newest policy is flown all the time, and fit after fit is made
 * of what is confirmed. A limiter balances both sides; jobs under a policy that has become too old
 * are taken back before they are handed out. Row i still has pi_i's own episodes and the losses of
 * T_i+1, and all data that came in since row i - 1.
 *
 * <p>A policy flies from the moment on which the row before it is on disk, so each version in a
 * checkpoint or in the replay files means one policy for good. Jobs are numbered by version, and a
 * job's number decides its episodes: a number never names two different jobs. A campaign that goes
 * on after row i counts what had come in since, submits the jobs that were out at row i again, and
 * numbers those under pi_i+1 from the first that has not come in: one of them that was under way
 * when the campaign was killed comes out the same to the bit, or is another attempt at the job
 * where nothing can be flown twice.
 */
final class AsynchronousLoop extends Loop {
  /** Indices from here on belong to the rows of rescuers. */
  private static final int INDICES = 1 << 30;

  private final CampaignSettings settings;
  private final Intake intake;
  private final List<JobResult> arrived;
  private boolean resuming;
  private boolean flying;
  private int submitted;
  private Effect.@Nullable Fit asked;

  /**
   * @param arrived jobs that came in after the last row; those that its state counts are ignored
   */
  AsynchronousLoop(CampaignPlan plan, CampaignState state, List<JobResult> arrived) {
    super(plan, state);
    this.settings = plan.campaign();
    this.intake = new Intake(plan, state);
    this.arrived = List.copyOf(arrived);
    this.resuming = state.iteration() > 0 || !arrived.isEmpty();
  }

  @Override
  List<Effect> begin(int number) {
    Iteration current = iteration == null ? new Iteration(number) : iteration;
    iteration = current;
    flying = true;
    submitted = 0;
    int oldest = number - settings.maxStaleness();
    intake.age(oldest);
    List<Effect> effects = new ArrayList<>();
    if (oldest > 1) {
      effects.add(new Effect.Retire(oldest));
    }
    List<RolloutJob> jobs = new ArrayList<>(evaluation(current));
    jobs.addAll(diagnosis(current));
    if (resuming) {
      resuming = false;
      for (JobResult result : arrived) {
        if (keepsItself(result) && intake.takeAgain(result)) {
          current.collected(result);
        }
      }
      intake.dropOld();
      jobs.addAll(intake.outstanding());
    }
    if (!jobs.isEmpty()) {
      effects.add(new Effect.Fly(jobs));
    }
    if (plan.diagnoses(number)) {
      effects.add(examination.inModel(number));
    }
    effects.addAll(goOn(current));
    return effects;
  }

  @Override
  List<Effect> onFlown(Iteration current, JobResult result, double wallSeconds) {
    if (result.job().purpose() == Purpose.EVALUATE) {
      current.flown(result);
      return rowIfComplete(current, wallSeconds);
    }
    if (result.job().purpose() == Purpose.DIAGNOSE) {
      current.flown(result);
      return onDiagnosed(current, wallSeconds);
    }
    if (!intake.take(result)) {
      return List.of();
    }
    current.collected(result);
    Optional<String> broken = broken(current);
    if (broken.isPresent()) {
      return fail(broken.get());
    }
    List<Effect> effects = new ArrayList<>(List.of(new Effect.Keep(result)));
    effects.addAll(goOn(current));
    return effects;
  }

  /** A learner's job that is not counted must not be counted later. */
  @Override
  boolean keepsItself(JobResult result) {
    return result.job().purpose() == Purpose.COLLECT;
  }

  @Override
  List<Effect> onRetired(RolloutJob job) {
    intake.drop(job);
    return iteration == null ? List.of() : goOn(iteration);
  }

  /** The fit and the flights that the limiter allows. */
  private List<Effect> goOn(Iteration current) {
    List<Effect> effects = new ArrayList<>(fitIfReady(current));
    List<RolloutJob> jobs = new ArrayList<>();
    while (flying && intake.mayFly(intake.underWay(current))) {
      if (submitted >= most()) {
        return fail(
            "more than "
                + most()
                + " jobs under one policy: the trainer is too slow for campaign.mode ="
                + " asynchronous, or rollout.environments-per-job too small");
      }
      RolloutJob job = next(current.number);
      intake.submit(job);
      jobs.add(job);
    }
    if (!jobs.isEmpty()) {
      effects.add(new Effect.Fly(jobs));
    }
    return effects;
  }

  private int most() {
    return Math.min(INDICES, Integer.MAX_VALUE / episodesAJob());
  }

  private int episodesAJob() {
    int wanted = settings.episodesPerIteration();
    return wanted == 0 ? plan.environmentsPerJob() : Math.min(plan.environmentsPerJob(), wanted);
  }

  private RolloutJob next(int version) {
    int episodes = episodesAJob();
    while (intake.counted().contains(version, submitted)) {
      submitted++; // It had come in before the campaign was killed.
    }
    List<RolloutJob> job =
        flights.jobs(
            Purpose.COLLECT, version, version, submitted, submitted * episodes, episodes, 0, 0);
    submitted++;
    return supervised(job).get(0);
  }

  /** Once the limiter allows it and, where the alarm acts on the fit, the diagnosis is there. */
  @Override
  List<Effect> fitIfReady(Iteration current) {
    if (!flying || current.fitAsked() || awaitsDiagnosis(current) || !intake.mayFit()) {
      return List.of();
    }
    current.askFit();
    Optional<String> nothing = nothingToFit(current);
    if (nothing.isPresent()) {
      return fail(nothing.get());
    }
    Effect.Fit next = super.fit(current).to(intake.counted());
    asked = next;
    return List.of(next);
  }

  /** As it was asked for: more may have come in since. */
  @Override
  Effect.Fit fit(Iteration current) {
    return requireNonNull(asked);
  }

  @Override
  void measure(Iteration current) {
    List<Integer> staleness = current.staleness();
    current.note("collect/jobs", staleness.size());
    current.note("collect/jobs_ahead", intake.outstanding().size());
    current.note("train/drawn_per_insert", intake.drawnPerInsert(current));
    if (!staleness.isEmpty()) {
      current.note(
          "collect/staleness_mean",
          staleness.stream().mapToInt(Integer::intValue).average().orElseThrow());
      current.note("collect/staleness_max", staleness.get(staleness.size() - 1));
    }
  }

  /**
   * Nothing is submitted until the row is on disk; what comes in meanwhile belongs to the next one.
   */
  @Override
  CampaignState closed(CampaignState withRow, Iteration row) {
    intake.fitted(row);
    flying = false;
    iteration = new Iteration(row.number + 1);
    return withRow.withAsynchronous(intake.state());
  }

  @Override
  List<Effect> landed() {
    return List.of(new Effect.Retire(Integer.MAX_VALUE));
  }
}
