package org.planloop.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What a job reports once replay has confirmed all of its chunks.
 *
 * @param episodes in order of their index
 * @param storedRows rows that are in the replay files because of it, on the side of its key
 * @param rescuedRows rows of a rescuer that are in the replay files as expert's data
 * @param actSeconds time spent in the policy
 * @param stepSeconds time spent in the environment
 */
public record JobResult(
    RolloutJob job,
    List<EpisodeResult> episodes,
    int storedRows,
    int rescuedRows,
    double actSeconds,
    double stepSeconds)
    implements WireMessage {
  public JobResult {
    episodes = List.copyOf(episodes);
  }

  /** Of a job that nobody watched. */
  public JobResult(
      RolloutJob job,
      List<EpisodeResult> episodes,
      int storedRows,
      double actSeconds,
      double stepSeconds) {
    this(job, episodes, storedRows, 0, actSeconds, stepSeconds);
  }

  /** The result of the job as it was submitted, whatever attempt brought it. */
  public JobResult submitted() {
    return job.attempt() == 0
        ? this
        : new JobResult(
            job.submitted(), episodes, storedRows, rescuedRows, actSeconds, stepSeconds);
  }

  /** Transitions flown, stored or not. */
  public int steps() {
    return episodes.stream().mapToInt(EpisodeResult::steps).sum();
  }

  /** The episodes of several jobs in order of their index, whatever order the jobs arrived in. */
  public static List<EpisodeResult> inOrder(Collection<JobResult> results) {
    return results.stream()
        .flatMap(result -> result.episodes().stream())
        .sorted(Comparator.comparingInt(EpisodeResult::episode))
        .toList();
  }
}
