package org.planloop.diagnostics;

import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.VectorEnvironment;

/**
 * Where the episodes of a purpose start: the same states that a worker finds when it flies episodes
 * of the same name, because both reset with the same streams.
 */
public final class EpisodeStarts {
  private EpisodeStarts() {}

  /**
   * Start states of consecutive episodes.
   *
   * @param environment gives the same episode for the same seed ({@link
   *     org.planloop.environment.Capability#REPLAY})
   * @param seed of the campaign
   * @param iteration of the streams; 0 for purposes that leave it out
   * @param firstEpisode index of the first episode
   * @param episodes their number G, at least 1
   * @return observed states, shape [G, S]
   */
  public static double[] of(
      Environment environment,
      long seed,
      Purpose purpose,
      int iteration,
      int firstEpisode,
      int episodes) {
    try (VectorEnvironment copies = environment.open(episodes)) {
      RandomStream[] noise =
          streams(seed, purpose, iteration, firstEpisode, episodes, "environment");
      for (int slot = 0; slot < episodes; slot++) {
        copies.reset(slot, noise[slot]);
      }
      return copies.states().clone();
    }
  }

  /**
   * The streams of one use in consecutive episodes, shape [G].
   *
   * @param use {@code "policy"} gives a policy the same numbers as a worker's flight does
   */
  public static RandomStream[] streams(
      long seed, Purpose purpose, int iteration, int firstEpisode, int episodes, String use) {
    RandomStream[] streams = new RandomStream[episodes];
    for (int slot = 0; slot < episodes; slot++) {
      streams[slot] = RandomStream.of(seed, purpose, iteration, firstEpisode + slot, use);
    }
    return streams;
  }
}
