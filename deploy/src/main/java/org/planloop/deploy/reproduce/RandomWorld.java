package org.planloop.deploy.reproduce;

import org.planloop.data.RandomStream;
import org.planloop.diagnostics.FiniteDifference;
import org.planloop.diagnostics.FiniteProcess;

/**
 * Two random finite MDPs that differ in everything, one of them real and one the model, with a
 * learner, an expert and a distribution of starts, all drawn uniformly.
 *
 * @param difference the performance difference between the two policies
 */
record RandomWorld(FiniteDifference difference) {
  private static final int LEAST_STATES = 2;
  private static final int MOST_STATES = 20;
  private static final int MOST_ACTIONS = 4;

  RandomWorld(RandomStream random) {
    this(draw(random));
  }

  private static FiniteDifference draw(RandomStream random) {
    int states = LEAST_STATES + random.nextInt(MOST_STATES - LEAST_STATES + 1);
    int actions = 2 + random.nextInt(MOST_ACTIONS - 1);
    double discount = 0.5 + 0.45 * random.nextDouble();
    return new FiniteDifference(
        process(random, states, actions, discount),
        process(random, states, actions, discount),
        rows(random, states, actions, 1),
        rows(random, states, actions, 1),
        rows(random, 1, states, 1));
  }

  private static FiniteProcess process(
      RandomStream random, int states, int actions, double discount) {
    double[] rewards = new double[states * actions];
    for (int i = 0; i < rewards.length; i++) {
      rewards[i] = random.nextDouble();
    }
    return new FiniteProcess(
        states, actions, rewards, rows(random, states * actions, states, discount));
  }

  /** Rows of positive numbers with a sum of {@code total}, uniform on the simplex. */
  private static double[] rows(RandomStream random, int rows, int width, double total) {
    double[] result = new double[rows * width];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        result[i] = -Math.log(1 - random.nextDouble());
        sum += result[i];
      }
      for (int i = row * width; i < (row + 1) * width; i++) {
        result[i] *= total / sum;
      }
    }
    return result;
  }
}
