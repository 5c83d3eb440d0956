package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;
import org.planloop.data.Purpose;
import org.planloop.protocol.RolloutJob;

/**
 * Cuts episodes into jobs. Depends on configuration and on what was flown, never on how many
 * workers there are, so that any number of them gives the same data.
 *
 * @param seed the campaign's seed
 * @param environmentsPerJob G, episodes of a full job
 */
public record FlightPlan(long seed, int environmentsPerJob) {

  /**
   * Jobs for episodes of one purpose.
   *
   * @param iteration names the streams; 0 for purposes that leave it out
   * @param policyVersion what flies
   * @param firstIndex index of the first job
   * @param firstEpisode index of the first episode
   * @param episodes number of episodes
   * @param maxSteps cut after so many steps, 0 for the environment's limit
   * @param keepRows random rows kept of all these episodes together, 0 for all
   */
  public List<RolloutJob> jobs(
      Purpose purpose,
      int iteration,
      int policyVersion,
      int firstIndex,
      int firstEpisode,
      int episodes,
      int maxSteps,
      int keepRows) {
    List<RolloutJob> jobs = new ArrayList<>();
    for (int done = 0; done < episodes; done += environmentsPerJob) {
      int count = Math.min(environmentsPerJob, episodes - done);
      // Shares of the kept rows are differences of a running total, so they add up exactly.
      int keep =
          (int) ((long) keepRows * (done + count) / episodes - (long) keepRows * done / episodes);
      jobs.add(
          new RolloutJob(
              purpose,
              iteration,
              firstIndex + jobs.size(),
              0,
              policyVersion,
              seed,
              firstEpisode + done,
              count,
              maxSteps,
              keep));
    }
    return jobs;
  }

  /**
   * The episodes that surely fit into what is left of an iteration's steps: whole ones while they
   * fit, then a single one that is cut. Flying wave after wave, the iteration gets exactly its
   * steps, and only its last episode is cut.
   *
   * @param remainingSteps above 0
   * @param maxSteps the environment's limit of an episode
   */
  public static Wave wave(int remainingSteps, int maxSteps) {
    return remainingSteps >= maxSteps
        ? new Wave(remainingSteps / maxSteps, 0)
        : new Wave(1, remainingSteps);
  }

  /**
   * Episodes to start at once.
   *
   * @param cutAfter steps after which they are cut, 0 for never
   */
  public record Wave(int episodes, int cutAfter) {}
}
