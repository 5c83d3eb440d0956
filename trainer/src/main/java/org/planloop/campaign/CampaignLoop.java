package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.data.Purpose;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/**
 * The loop of Ross and Bagnell (2012) as a state machine: fly pi_i, aggregate, fit T_i+1 on the
 * mixture, plan pi_i+1, again; then choose the best of pi_1 .. pi_N+1.
 *
 * <p>Evaluation of pi_i flies beside its data collection; the fit starts as soon as the iteration's
 * data is complete, so the result is the same whatever order things arrive in.
 */
final class CampaignLoop extends Loop {
  /**
   * @param state what was remembered after the last row; {@link CampaignState#EMPTY} for a new
   *     campaign
   */
  CampaignLoop(CampaignPlan plan, CampaignState state) {
    super(plan, state);
  }

  @Override
  List<Effect> begin(int number) {
    Iteration current = new Iteration(number);
    iteration = current;
    List<RolloutJob> jobs = new ArrayList<>(wave(current));
    if (plan.fliesExpertEachIteration()) {
      List<RolloutJob> expert = demonstrations(number);
      current.await(Purpose.EXPERT, expert.size());
      jobs.addAll(expert);
    }
    jobs.addAll(evaluation(current));
    jobs.addAll(diagnosis(current));
    return plan.diagnoses(number)
        ? List.of(new Effect.Fly(jobs), examination.inModel(number))
        : List.of(new Effect.Fly(jobs));
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

  @Override
  List<Effect> onFlown(Iteration current, JobResult result, double wallSeconds) {
    current.flown(result);
    return switch (result.job().purpose()) {
      case EVALUATE -> rowIfComplete(current, wallSeconds);
      case DIAGNOSE -> onDiagnosed(current, wallSeconds);
      default -> onData(current, result);
    };
  }

  /** Nothing is ever too old: an iteration waits for its own policy's flights. */
  @Override
  List<Effect> onRetired(RolloutJob job) {
    return fail("job " + job.label() + " was not flown, and the iteration cannot do without it");
  }

  private List<Effect> onData(Iteration current, JobResult result) {
    if (result.job().purpose() == Purpose.COLLECT && current.waveFlown()) {
      Optional<String> broken = broken(current);
      if (broken.isPresent()) {
        return fail(broken.get());
      }
      List<RolloutJob> more = wave(current);
      if (!more.isEmpty()) {
        return List.of(new Effect.Fly(more));
      }
    }
    return fitIfReady(current);
  }

  /** Once the data is complete and, where the alarm acts on the fit, the diagnosis too. */
  @Override
  List<Effect> fitIfReady(Iteration current) {
    if (current.fitAsked() || !current.dataComplete() || awaitsDiagnosis(current)) {
      return List.of();
    }
    current.askFit();
    return nothingToFit(current).map(this::fail).orElseGet(() -> List.of(fit(current)));
  }
}
