package org.planloop.campaign;

import static java.util.Comparator.comparingDouble;
import static java.util.Comparator.comparingInt;

import java.util.List;

/**
 * Chooses the best of many policies with few episodes (Karnin, Koren and Somekh 2013): all
 * candidates get a few, the better half twice as many, and so on until one is left or the episodes
 * are used up. All candidates fly the same starts and noise, so differences are not luck of the
 * draw. A maximum over noisy means is biased upwards; that is why the winner is measured again on
 * fresh seeds afterwards.
 *
 * @param firstEpisodes episodes for everyone
 * @param maxEpisodes episodes a candidate gets at most
 */
record SuccessiveHalving(int firstEpisodes, int maxEpisodes) {
  /**
   * What to measure next.
   *
   * @param survivors versions still in the race
   * @param episodes total that each of them needs now
   */
  record Round(List<Integer> survivors, int episodes) {}

  SuccessiveHalving {
    if (firstEpisodes < 1 || maxEpisodes < firstEpisodes) {
      throw new IllegalArgumentException(
          "needs 1 <= first <= max: " + firstEpisodes + ", " + maxEpisodes);
    }
  }

  Round start(List<Candidate> candidates) {
    return new Round(candidates.stream().map(Candidate::version).sorted().toList(), firstEpisodes);
  }

  /** Whether nobody may get more episodes: the best by {@link #winner} is the choice. */
  boolean over(Round round) {
    return round.episodes() >= maxEpisodes;
  }

  /** The next round once the survivors have their episodes: the better half, twice as many. */
  Round next(Round round, List<Candidate> candidates) {
    List<Integer> ranked = ranked(round, candidates);
    int half = (ranked.size() + 1) / 2;
    return new Round(
        ranked.subList(0, half).stream().sorted().toList(),
        Math.min(maxEpisodes, 2 * round.episodes()));
  }

  /** The best survivor; of equals the earliest. */
  int winner(Round round, List<Candidate> candidates) {
    return ranked(round, candidates).get(0);
  }

  private static List<Integer> ranked(Round round, List<Candidate> candidates) {
    return candidates.stream()
        .filter(candidate -> round.survivors().contains(candidate.version()))
        .sorted(
            comparingDouble(Candidate::rank)
                .reversed()
                .thenComparing(comparingInt(Candidate::version)))
        .map(Candidate::version)
        .toList();
  }
}
