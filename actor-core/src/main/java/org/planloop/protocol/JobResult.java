package org.planloop.protocol;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What a job reports once replay has confirmed all of its chunks.
 *
 * @param episodes in order of their index
 * @param storedRows rows that are in the replay files because of it
 * @param actSeconds time spent in the policy
 * @param stepSeconds time spent in the environment
 */
public record JobResult(
    RolloutJob job,
    List<EpisodeResult> episodes,
    int storedRows,
    double actSeconds,
    double stepSeconds)
    implements WireMessage {
  public JobResult {
    episodes = List.copyOf(episodes);
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
