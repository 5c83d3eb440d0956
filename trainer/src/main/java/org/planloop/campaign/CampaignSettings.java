package org.planloop.campaign;

import static org.planloop.data.InvalidInputException.check;

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
 */
public record CampaignSettings(
    int iterations,
    int stepsPerIteration,
    int episodesPerIteration,
    int rowsPerIteration,
    FirstPolicy firstPolicy,
    double stopAtReturn,
    double maxWallSeconds,
    int keepIterations) {
  /** What pi_1 is. */
  public enum FirstPolicy {
    /** Uniformly random actions. */
    RANDOM,
    /** Planned in the stated initial model. */
    INITIAL_MODEL,
    /** Planned in a model fitted to the expert's data alone. */
    EXPERT_MODEL
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
  }
}
