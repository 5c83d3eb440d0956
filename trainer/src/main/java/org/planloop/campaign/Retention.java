package org.planloop.campaign;

import java.util.Comparator;
import java.util.OptionalInt;

/**
 * Which policies of a long campaign stay on disk, and so in the race for the best.
 *
 * @param keepIterations how many of the newest iterations stay besides the best, 0 for all
 */
public record Retention(int keepIterations) {
  /**
   * Whether pi_version stays after the last row of {@code state}. The best so far by its first
   * evaluation stays: whoever is best in the end has been best ever since it was evaluated, so it
   * is never deleted on the way. So does the one that may have to rescue others, and whoever a job
   * needs that is not flown yet.
   */
  public boolean keeps(CampaignState state, int version) {
    int newest = state.iteration() + 1;
    return keepIterations == 0
        || version > newest - 1 - keepIterations
        || state.safety().trusted() == version
        || state.asynchronous().filter(more -> more.flies(version)).isPresent()
        || best(state).orElse(0) == version;
  }

  private static OptionalInt best(CampaignState state) {
    if (!state.candidates().isEmpty()) {
      return state.candidates().stream()
          .max(
              Comparator.comparingDouble(Candidate::rank)
                  .thenComparing(Comparator.comparingInt(Candidate::version).reversed()))
          .map(candidate -> OptionalInt.of(candidate.version()))
          .orElse(OptionalInt.empty());
    }
    return state.bestCollected();
  }
}
