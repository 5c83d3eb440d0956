package org.planloop.protocol;

/**
 * How an episode went.
 *
 * @param episode its index
 * @param totalReward the return: sum of discount^t r_t in double
 * @param steps transitions flown
 * @param end why it ended
 * @param failure what a failed environment said, empty otherwise
 * @param interventions steps that a rescuer flew
 */
public record EpisodeResult(
    int episode, double totalReward, int steps, End end, String failure, int interventions) {
  /** Why an episode ended. */
  public enum End {
    /** The objective ended it. */
    TERMINATED,
    /** The objective ended it, and that is a crash. */
    CRASHED,
    /** The environment's step limit. */
    TRUNCATED,
    /**
     * The job's step limit, before the environment's: its return does not compare with a whole
     * episode's.
     */
    CUT,
    /** The environment threw or returned a number that is not finite. */
    FAILED
  }

  public boolean failed() {
    return end == End.FAILED;
  }
}
