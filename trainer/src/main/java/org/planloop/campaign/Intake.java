package org.planloop.campaign;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.planloop.data.JobRanges;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

/**
 * The books of an asynchronous campaign: which jobs are out, which have come in, how much data that
 * is and how much of it the fits have drawn. A job comes in once.
 *
 * <p>Data is counted in learner rows where {@code campaign.samples-per-insert} is set; otherwise in
 * steps or episodes, of which a fit "draws" those of one iteration.
 */
final class Intake {
  private final CampaignSettings settings;
  private final int maxEpisodeSteps;
  private final SampleLimiter limiter;
  private final Set<RolloutJob> outstanding = new LinkedHashSet<>();
  private int oldest;
  private JobRanges counted;
  private long steps;
  private long rows;
  private long episodes;
  private double drawn;
  private double lastDraw;

  /**
   * @param state after the last row
   */
  Intake(CampaignPlan plan, CampaignState state) {
    settings = plan.campaign();
    maxEpisodeSteps = plan.maxEpisodeSteps();
    limiter =
        new SampleLimiter(byRows() ? settings.samplesPerInsert() : 1, settings.limiterTolerance());
    AsynchronousState from = state.asynchronous().orElse(AsynchronousState.NONE);
    from.outstanding().forEach(this::submit);
    counted = from.counted();
    steps = state.envSteps();
    rows = state.learnerRows();
    episodes = from.episodes();
    drawn = from.drawn();
    lastDraw = from.lastDraw();
  }

  private boolean byRows() {
    return !Double.isNaN(settings.samplesPerInsert());
  }

  private boolean byEpisodes() {
    return !byRows() && settings.episodesPerIteration() > 0;
  }

  /** Notes a job that is submitted. */
  void submit(RolloutJob job) {
    outstanding.add(job);
  }

  /** Notes that a job will not be flown. */
  void drop(RolloutJob job) {
    outstanding.remove(job);
  }

  /**
   * Jobs under policies older than {@code oldest} are not handed out any more. Those in the air may
   * come in when they like: nobody repeats them where they are slow, so nobody waits for them.
   */
  void age(int oldestVersion) {
    oldest = oldestVersion;
  }

  /** Notes that nobody flies the jobs that are too old. */
  void dropOld() {
    outstanding.removeIf(job -> job.policyVersion() < oldest);
  }

  private int expectedEpisodes() {
    return outstanding.stream()
        .filter(job -> job.policyVersion() >= oldest)
        .mapToInt(RolloutJob::episodes)
        .sum();
  }

  /**
   * Takes a job in that an earlier attempt has taken in after the last row. Returns whether it
   * counts: not if the row's state has it.
   */
  boolean takeAgain(JobResult result) {
    RolloutJob job = result.job();
    if (counted.contains(job.iteration(), job.index())) {
      return false;
    }
    submit(job);
    return take(result);
  }

  /** Takes a flown job in. Returns whether it counts: not if nobody waits for it. */
  boolean take(JobResult result) {
    if (!outstanding.contains(result.job())) {
      return false;
    }
    drop(result.job());
    counted = counted.with(result.job().iteration(), result.job().index());
    steps += result.steps();
    rows += result.storedRows();
    episodes += result.episodes().size();
    return true;
  }

  /** Whether another job may be submitted. */
  boolean mayFly(double underWay) {
    return outstanding.size() < settings.jobsAhead()
        && limiter.mayFly(
            inserted() + expectedEpisodes() * perEpisode(), drawn + underWay, nextDraw());
  }

  /** Whether a fit may start. */
  boolean mayFit() {
    return inserted() > 0 && limiter.mayFit(inserted(), drawn, nextDraw());
  }

  /** Data that has come in. */
  double inserted() {
    return byRows() ? rows : byEpisodes() ? episodes : steps;
  }

  /** What an episode brings: what it has brought on average, before the first what it may. */
  private double perEpisode() {
    if (byEpisodes()) {
      return 1;
    }
    return episodes == 0 ? maxEpisodeSteps : (byRows() ? rows : steps) / (double) episodes;
  }

  /** What the next fit is going to draw. */
  double nextDraw() {
    if (byRows()) {
      return lastDraw > 0 ? lastDraw : settings.samplesPerInsert() * iterationSteps();
    }
    return byEpisodes() ? settings.episodesPerIteration() : settings.stepsPerIteration();
  }

  private double iterationSteps() {
    return settings.stepsPerIteration() > 0
        ? settings.stepsPerIteration()
        : (double) settings.episodesPerIteration() * maxEpisodeSteps;
  }

  /**
   * What an iteration's fit draws: nothing before it is asked for, and what is expected of it until
   * it has ended. One without a result is charged as well, or it would be tried without end.
   */
  double underWay(Iteration current) {
    if (!current.fitAsked()) {
      return 0;
    }
    return current.fit().map(this::draw).orElseGet(this::nextDraw);
  }

  private double draw(Event.Fitted fitted) {
    return byRows() ? Math.max(1, fitted.learnerDraws()) : nextDraw();
  }

  /** Books an iteration's fit for good. */
  void fitted(Iteration row) {
    drawn += underWay(row);
    lastDraw = row.fit().map(this::draw).orElse(lastDraw);
  }

  /** The jobs that count. */
  JobRanges counted() {
    return counted;
  }

  /** The jobs that are submitted and neither flown nor dropped, in order. */
  List<RolloutJob> outstanding() {
    return List.copyOf(outstanding);
  }

  /** Draws for each unit of data so far. */
  double drawnPerInsert(Iteration row) {
    return inserted() == 0 ? 0 : (drawn + underWay(row)) / inserted();
  }

  /** What must be remembered. */
  AsynchronousState state() {
    return new AsynchronousState(counted, List.copyOf(outstanding), episodes, drawn, lastDraw);
  }
}
