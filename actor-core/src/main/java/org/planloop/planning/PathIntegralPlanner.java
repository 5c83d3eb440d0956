package org.planloop.planning;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/**
 * Model predictive path integral control (Williams et al. 2017): the new mean is the average of all
 * candidates, weighted by exp(score / temperature).
 *
 * <p>A round's scores are first brought to [0, 1], so that the temperature does not depend on the
 * unit of the reward. The standard deviation stays what it was. Noise is coloured by {@code
 * colorExponent}; {@code momentum} is the share of the old mean.
 */
final class PathIntegralPlanner extends SamplingPlanner {
  private final GaussianPlans gaussian;
  private double[] weighted = new double[0];

  PathIntegralPlanner(PlannerSettings settings) {
    super(settings, settings.rounds());
    this.gaussian = new GaussianPlans(horizon, settings.colorExponent());
  }

  @Override
  int population(int round) {
    return settings.population(round);
  }

  @Override
  int keep() {
    return 0;
  }

  @Override
  void draw(PlanSearch search, RandomStream random, int round, int plans, float[] out, int at) {
    gaussian.draw(search, random, plans, out, at);
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
    if (weighted.length != length) {
      weighted = new double[length];
    }
    Arrays.fill(weighted, 0);
    double best = scores[top.get(0)];
    double worst = worstFinite(scores, from, plans, best);
    double sum = 0;
    for (int plan = from; plan < from + plans; plan++) {
      double weight = weight(scores[plan], best, worst);
      if (weight > 0) {
        sum += weight;
        for (int i = 0; i < length; i++) {
          weighted[i] += weight * in[plan * length + i];
        }
      }
    }
    for (int i = 0; i < length; i++) {
      search.mean[i] =
          settings.momentum() * search.mean[i] + (1 - settings.momentum()) * weighted[i] / sum;
    }
  }

  private static double worstFinite(double[] scores, int from, int plans, double best) {
    double worst = best;
    for (int plan = from; plan < from + plans; plan++) {
      if (Double.isFinite(scores[plan])) {
        worst = Math.min(worst, scores[plan]);
      }
    }
    return worst;
  }

  /** 1 for the best, 0 for a plan that scored NaN, or negative infinity where the best did not. */
  private double weight(double score, double best, double worst) {
    if (score == best) {
      return 1;
    }
    return Double.isNaN(score) || score == Double.NEGATIVE_INFINITY
        ? 0
        : Math.exp((score - best) / (best - worst) / settings.temperature());
  }

  @Override
  boolean executesBest() {
    return settings.execute() == PlannerSettings.Execute.BEST;
  }
}
