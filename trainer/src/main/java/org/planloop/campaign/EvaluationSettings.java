package org.planloop.campaign;

import static org.planloop.data.InvalidInputException.check;

/**
 * How candidates are judged; the section {@code evaluation} of the configuration.
 *
 * @param episodes fresh episodes a candidate may take at most, 0 for no evaluation: then the best
 *     collected episode stands in
 * @param confirmEpisodes episodes on which the winner is measured once more, on seeds that played
 *     no part in choosing it; 0 for none
 * @param firstEpisodes episodes that every candidate gets before successive halving spends more on
 *     the better half
 */
public record EvaluationSettings(int episodes, int confirmEpisodes, int firstEpisodes) {
  public EvaluationSettings {
    check(
        episodes >= 0 && episodes <= 1_000_000,
        "evaluation.episodes",
        episodes,
        "must be from 0 (off) to 1000000");
    check(
        confirmEpisodes >= 0 && confirmEpisodes <= 1_000_000,
        "evaluation.confirm-episodes",
        confirmEpisodes,
        "must be from 0 (off) to 1000000");
    check(firstEpisodes >= 1, "evaluation.first-episodes", firstEpisodes, "must be 1 or more");
  }
}
