package org.planloop.campaign;

import static org.planloop.data.InvalidInputException.check;

import org.planloop.policy.ExpertSettings;

/**
 * How long the loop runs and where it starts; the section {@code campaign} of the configuration.
 *
 * @param iterations N
 * @param stepsPerIteration learner steps an iteration; 0 where {@code episodesPerIteration} decides
 * @param episodesPerIteration learner episodes an iteration; 0 where {@code stepsPerIteration}
 *     decides
 * @param rowsPerIteration random rows kept of an iteration's learner steps, 0 for all (Ross and
 *     Bagnell's comparison keeps 50)
 * @param firstPolicy what pi_1 is
 * @param stopAtReturn the campaign stops after the iteration whose return_mean (or evaluation)
 *     reaches this; NaN for never
 * @param maxWallSeconds the campaign stops after the iteration that passes this time over all
 *     attempts; infinite for never
 * @param keepIterations iteration folders kept besides the best, 0 for all
 * @param mode whether a fit waits for its iteration's data
 * @param samplesPerInsert learner rows that fits draw for each one that is flown, with {@link
 *     Mode#ASYNCHRONOUS}; NaN for one fit for each iteration's steps or episodes
 * @param limiterTolerance by how many fits' data fitting and flying may run ahead of this balance
 * @param maxStaleness by how many versions a policy may be older than the newest for its jobs to be
 *     handed out
 * @param jobsAhead jobs that are submitted and not yet flown, at most
 */
public record CampaignSettings(
    int iterations,
    int stepsPerIteration,
    int episodesPerIteration,
    int rowsPerIteration,
    FirstPolicy firstPolicy,
    double stopAtReturn,
    double maxWallSeconds,
    int keepIterations,
    Mode mode,
    double samplesPerInsert,
    double limiterTolerance,
    int maxStaleness,
    int jobsAhead) {
  /** Whether a fit waits for its iteration's data. */
  public enum Mode {
    /** It does: the result depends on nothing but the configuration. */
    SYNCHRONOUS,
    /** Flying and fitting go on side by side, balanced by a limiter: for throughput. */
    ASYNCHRONOUS
  }

  /** What pi_1 is. */
  public enum FirstPolicy {
    /** Uniformly random actions. */
    RANDOM,
    /** Planned in the stated initial model. */
    INITIAL_MODEL,
    /** Planned in a model fitted to the expert's data alone. */
    EXPERT_MODEL
  }

  /** Of a synchronous campaign. */
  public CampaignSettings(
      int iterations,
      int stepsPerIteration,
      int episodesPerIteration,
      int rowsPerIteration,
      FirstPolicy firstPolicy,
      double stopAtReturn,
      double maxWallSeconds,
      int keepIterations) {
    this(
        iterations,
        stepsPerIteration,
        episodesPerIteration,
        rowsPerIteration,
        firstPolicy,
        stopAtReturn,
        maxWallSeconds,
        keepIterations,
        Mode.SYNCHRONOUS,
        Double.NaN,
        0,
        0,
        128);
  }

  public CampaignSettings {
    check(
        iterations >= 1 && iterations <= 1_000_000,
        "campaign.iterations",
        iterations,
        "must be from 1 to 1000000");
    check(
        stepsPerIteration >= 0,
        "campaign.steps-per-iteration",
        stepsPerIteration,
        "must be 0 (episodes decide) or more");
    check(
        episodesPerIteration >= 0,
        "campaign.episodes-per-iteration",
        episodesPerIteration,
        "must be 0 (steps decide) or more");
    check(
        (stepsPerIteration == 0) != (episodesPerIteration == 0),
        "campaign.steps-per-iteration",
        stepsPerIteration,
        "exactly one of campaign.steps-per-iteration and campaign.episodes-per-iteration (now "
            + episodesPerIteration
            + ") must be positive; set the other to 0");
    check(
        rowsPerIteration >= 0,
        "campaign.rows-per-iteration",
        rowsPerIteration,
        "must be 0 (all) or more");
    check(maxWallSeconds > 0, "campaign.max-wall", maxWallSeconds, "must be a positive duration");
    check(
        keepIterations >= 0, "campaign.keep-iterations", keepIterations, "must be 0 (all) or more");
    check(
        Double.isNaN(samplesPerInsert) || (samplesPerInsert > 0 && samplesPerInsert <= 1e9),
        "campaign.samples-per-insert",
        samplesPerInsert,
        "must be none, or above 0 and at most 1e9");
    check(
        limiterTolerance >= 0 && limiterTolerance <= 1000,
        "campaign.limiter-tolerance",
        limiterTolerance,
        "must be from 0 to 1000 fits");
    check(
        maxStaleness >= 0 && maxStaleness <= 1_000_000,
        "campaign.max-staleness",
        maxStaleness,
        "must be from 0 (the newest policy alone) to 1000000 versions");
    check(
        jobsAhead >= 1 && jobsAhead <= 100_000,
        "campaign.jobs-ahead",
        jobsAhead,
        "must be from 1 to 100000");
    checkMode(mode, rowsPerIteration, samplesPerInsert);
  }

  private static void checkMode(Mode mode, int rowsPerIteration, double samplesPerInsert) {
    if (mode == Mode.ASYNCHRONOUS) {
      check(
          rowsPerIteration == 0,
          "campaign.rows-per-iteration",
          rowsPerIteration,
          "must be 0 (all) with campaign.mode = asynchronous, whose iterations have no rows of"
              + " their own");
    } else {
      check(
          Double.isNaN(samplesPerInsert),
          "campaign.samples-per-insert",
          samplesPerInsert,
          "goes only with campaign.mode = asynchronous; set it to none");
    }
  }

  /** Whether flying and fitting go on side by side. */
  public boolean asynchronous() {
    return mode == Mode.ASYNCHRONOUS;
  }

  /**
   * Checks what the mode asks of strategy and expert.
   *
   * @throws org.planloop.data.InvalidInputException naming key, value and rule
   */
  public void checkMode(Strategy strategy, ExpertSettings expert) {
    if (!asynchronous()) {
      return;
    }
    check(
        !expert.eachIteration(),
        "expert.each-iteration",
        expert.eachIteration(),
        "must be false with campaign.mode = asynchronous, where the expert's data come first");
    check(
        Double.isNaN(samplesPerInsert) || strategy != Strategy.EXPERT_ONLY,
        "campaign.samples-per-insert",
        samplesPerInsert,
        "counts learner rows, and strategy = EXPERT_ONLY draws none; set it to none");
  }
}
