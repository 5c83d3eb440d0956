package org.planloop.planning;

import org.planloop.data.RandomStream;

/**
 * Random shooting: draws plans uniformly within the action bounds and executes the best one.
 *
 * <p>The best plan of the step before, shifted by one, is one of the candidates. One round of
 * {@code population} candidates; {@code rounds}, {@code elites} and the distribution's settings
 * have no effect. As the baseline in Nagabandi et al. (2018).
 */
final class RandomShootingPlanner extends SamplingPlanner {
  RandomShootingPlanner(PlannerSettings settings) {
    super(settings, 1);
  }

  @Override
  int population(int round) {
    return settings.population(round);
  }

  @Override
  int keep() {
    return 1;
  }

  @Override
  void draw(PlanSearch search, RandomStream random, int round, int plans, float[] out, int at) {
    int length = search.best.length;
    for (int i = 0; i < plans * length; i++) {
      out[at + i] = search.uniform(random, i);
    }
    search.copyKept(out, at, plans);
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
    search.keep(0, in, top.get(0) * search.best.length);
    search.moveMeanToBest();
  }

  @Override
  boolean executesBest() {
    return true;
  }
}
