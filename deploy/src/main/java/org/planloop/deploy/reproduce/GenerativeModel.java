package org.planloop.deploy.reproduce;

import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;

/** A finite MDP that can be asked for a next state of any (s, a), and MDPs to ask. */
final class GenerativeModel {
  private GenerativeModel() {}

  /**
   * The empirical MDP: {@code samples} next states are drawn for every (s, a), and P(s' | s, a) is
   * their share.
   */
  static ModelParameters.Tabular empirical(
      ModelParameters.Tabular truth, int samples, RandomStream random) {
    int states = truth.states();
    double[] shares = new double[truth.probabilities().length];
    for (int from = 0; from < shares.length; from += states) {
      int[] counts = new int[states];
      for (int i = 0; i < samples; i++) {
        counts[random.nextIndex(truth.probabilities(), from, states)]++;
      }
      for (int next = 0; next < states; next++) {
        shares[from + next] = (double) counts[next] / samples;
      }
    }
    return new ModelParameters.Tabular(states, truth.actions(), shares);
  }

  /**
   * The hard case of the lower bound (Azar, Munos and Kappen 2013): state 0 goes on in itself with
   * probability p = (4 g - 1) / (3 g), else it ends in state 1 for good.
   */
  static ModelParameters.Tabular selfLoop(double discount) {
    double stays = (4 * discount - 1) / (3 * discount);
    return new ModelParameters.Tabular(2, 1, new double[] {stays, 1 - stays, 0, 1});
  }

  /** Rows drawn from a symmetric Dirichlet distribution: the smaller, the more deterministic. */
  static ModelParameters.Tabular random(
      int states, int actions, double concentration, RandomStream random) {
    double[] probabilities = new double[states * actions * states];
    for (int from = 0; from < probabilities.length; from += states) {
      double total = 0;
      for (int next = 0; next < states; next++) {
        probabilities[from + next] = gamma(concentration, random);
        total += probabilities[from + next];
      }
      for (int next = 0; next < states; next++) {
        probabilities[from + next] /= total;
      }
    }
    return new ModelParameters.Tabular(states, actions, probabilities);
  }

  /**
   * A draw from the gamma distribution with scale 1 (Marsaglia and Tsang 2000), a shape below 1 by
   * their power of a uniform number.
   */
  static double gamma(double shape, RandomStream random) {
    double d = shape + 1 - 1 / 3.0;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double v = Math.pow(1 + c * x, 3);
      // 1 - u lies in (0, 1], so its logarithm is finite.
      if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
        return d * v * Math.pow(1 - random.nextDouble(), 1 / shape);
      }
    }
  }
}
