package org.planloop.data;

import java.util.random.RandomGenerator;

/**
 * A reproducible stream of random numbers whose whole state is two longs.
 *
 * <p>SplitMix64 with a stream-specific increment, as in {@link java.util.SplittableRandom} (Steele,
 * Lea and Flood 2014), but it can be saved, restored and reseeded in place, so that an environment
 * saves its noise with its state and steps without allocation. A stream is named by what it is for:
 * {@code hash(seed, purpose, iteration, episode, use)}; two different names give independent
 * streams, and the same name gives the same numbers on every machine and in every order of
 * execution.
 *
 * <p>Not safe for use by several threads.
 */
public final class RandomStream implements RandomGenerator {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;
  private long gamma;

  /** A stream named by one number. */
  public RandomStream(long seed) {
    this(mix64(seed), mixGamma(seed + GOLDEN_GAMMA));
  }

  private RandomStream(long state, long gamma) {
    this.state = state;
    this.gamma = gamma;
  }

  /**
   * The stream of one use within one episode of one iteration.
   *
   * @param seed the campaign's seed
   * @param iteration 0 where the purpose leaves it out (evaluation, confirmation), so that
   *     candidates share numbers
   * @param episode the index of the episode within the iteration or evaluation
   * @param use tells apart the uses within an episode: {@code "environment"}, {@code "planner"},
   *     ...
   */
  public static RandomStream of(
      long seed, Purpose purpose, int iteration, long episode, String use) {
    long hash = mix64(seed + GOLDEN_GAMMA);
    hash = combine(hash, purpose.name());
    hash = combine(hash, iteration);
    hash = combine(hash, episode);
    hash = combine(hash, use);
    return new RandomStream(hash);
  }

  /**
   * A stream without randomness: every Gaussian is 0 and every uniform double 0.5. It turns a noisy
   * simulator into its noise-free self.
   */
  public static RandomStream silent() {
    return new RandomStream(0, 0);
  }

  private static long combine(long hash, long value) {
    return mix64(hash * 31 + mix64(value + GOLDEN_GAMMA));
  }

  private static long combine(long hash, String text) {
    long result = combine(hash, text.length());
    for (int i = 0; i < text.length(); i++) {
      result = combine(result, text.charAt(i));
    }
    return result;
  }

  /** A new stream that is independent of what this one gives afterwards; consumes two numbers. */
  public RandomStream split() {
    if (gamma == 0) {
      return silent();
    }
    return new RandomStream(nextLong(), mixGamma(nextLong()));
  }

  /**
   * Makes this stream an exact continuation of {@code other}: both give the same numbers from here
   * on.
   */
  public void copyFrom(RandomStream other) {
    state = other.state;
    gamma = other.gamma;
  }

  /** A stream that gives the same numbers as this one from here on. */
  public RandomStream copy() {
    return new RandomStream(state, gamma);
  }

  @Override
  public double nextGaussian() {
    return gamma == 0 ? 0 : RandomGenerator.super.nextGaussian();
  }

  @Override
  public long nextLong() {
    if (gamma == 0) {
      return Long.MIN_VALUE;
    }
    state += gamma;
    return mix64(state);
  }

  /**
   * Draws an index by inverse distribution, with one number.
   *
   * @param probabilities hold those of the indices 0 to {@code count - 1} from {@code from} on, at
   *     least one of them positive; where rounding leaves a rest, it is the last positive one's
   * @return an index of positive probability
   */
  public int nextIndex(double[] probabilities, int from, int count) {
    double left = nextDouble();
    int drawn = -1;
    for (int index = 0; index < count && left >= 0; index++) {
      double probability = probabilities[from + index];
      if (probability > 0) {
        drawn = index;
        left -= probability;
      }
    }
    return drawn;
  }

  private static long mix64(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** An odd increment with enough bit changes, so that no stream is a slow counter. */
  private static long mixGamma(long value) {
    long z = value;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    z = (z ^ (z >>> 33)) | 1L;
    return Long.bitCount(z ^ (z >>> 1)) < 24 ? z ^ 0xaaaaaaaaaaaaaaaaL : z;
  }
}
