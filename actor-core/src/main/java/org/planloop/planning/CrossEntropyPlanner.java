package org.planloop.planning;

import org.planloop.data.RandomStream;

/**
 * Cross-entropy method: draws plans from a Gaussian, keeps the best, refits the Gaussian to them,
 * and repeats (Rubinstein and Kroese 2004; for planning Chua et al. 2018).
 *
 * <p>With {@code improved}, iCEM (Pinneri et al. 2020): noise is coloured in time, the population
 * shrinks by {@code decay} from round to round (never below twice the elites), the {@code keep}
 * best plans take part in the next round and, shifted by one, in the next step, and the mean takes
 * part in the last round. These take the places of drawn plans, so the population is what it says.
 *
 * <p>Mean and variance of a refit are mixed with the old ones by {@code momentum}. Draws beyond the
 * bounds are clipped to them.
 */
final class CrossEntropyPlanner extends SamplingPlanner {
  private final boolean improved;
  private final GaussianPlans gaussian;

  CrossEntropyPlanner(PlannerSettings settings, boolean improved) {
    super(settings, settings.rounds());
    this.improved = improved;
    this.gaussian = new GaussianPlans(horizon, improved ? settings.colorExponent() : 0);
  }

  @Override
  int population(int round) {
    return settings.population(round);
  }

  @Override
  int keep() {
    return improved ? settings.keep() : 0;
  }

  @Override
  void draw(PlanSearch search, RandomStream random, int round, int plans, float[] out, int at) {
    gaussian.draw(search, random, plans, out, at);
    search.copyKept(out, at, plans);
    if (improved && round == settings.rounds() - 1) {
      // First, so that it wins a tie: where every plan is as good, the middle is the safest.
      search.copyMean(out, at);
    }
  }

  @Override
  void refit(
      PlanSearch search,
      TopPlans top,
      int count,
      double[] scores,
      int from,
      int plans,
      float[] in) {
    int length = search.best.length;
    double momentum = settings.momentum();
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (int n = 0; n < count; n++) {
        sum += in[top.get(n) * length + i];
      }
      double mean = sum / count;
      double squares = 0;
      for (int n = 0; n < count; n++) {
        double deviation = in[top.get(n) * length + i] - mean;
        squares += deviation * deviation;
      }
      double variance = search.std[i] * search.std[i];
      search.mean[i] = momentum * search.mean[i] + (1 - momentum) * mean;
      search.std[i] = Math.sqrt(momentum * variance + (1 - momentum) * squares / count);
    }
    for (int n = 0; n < Math.min(count, keep()); n++) {
      search.keep(n, in, top.get(n) * length);
    }
  }

  @Override
  boolean executesBest() {
    return settings.execute() == PlannerSettings.Execute.BEST;
  }
}
