package org.planloop.planning;

import org.planloop.data.RandomStream;

/** Draws plans from a search's Gaussian, each dimension of the action a sequence of its own. */
final class GaussianPlans {
  private final ColoredNoise source;
  private final double[] sequence;
  private double[] noise = new double[0];

  GaussianPlans(int horizon, double colorExponent) {
    source = new ColoredNoise(horizon, colorExponent);
    sequence = new double[horizon];
  }

  /** Writes {@code plans} candidates from {@code at} on, shape [P, H, A]. */
  void draw(PlanSearch search, RandomStream random, int plans, float[] out, int at) {
    int length = search.best.length;
    int actionSize = length / sequence.length;
    if (noise.length != length) {
      noise = new double[length];
    }
    for (int p = 0; p < plans; p++) {
      for (int a = 0; a < actionSize; a++) {
        source.sample(random, sequence);
        for (int t = 0; t < sequence.length; t++) {
          noise[t * actionSize + a] = sequence[t];
        }
      }
      search.sample(noise, out, at + p * length);
    }
  }
}
