package org.planloop.deploy.memory;

import org.planloop.dynamics.EnsembleArchitecture;

/** How many numbers an ensemble is made of; in double, because the largest do not fit an int. */
final class EnsembleSize {
  private EnsembleSize() {}

  /** Weights and biases of one member. */
  static double weightsOfMember(EnsembleArchitecture a) {
    double weights = 0;
    for (int layer = 0; layer < a.layers(); layer++) {
      weights += (a.fanIn(layer) + 1.0) * a.fanOut(layer);
    }
    return weights;
  }

  static double weightsOfElites(EnsembleArchitecture a) {
    return a.elites().size() * weightsOfMember(a);
  }

  /** Width of the widest hidden layer. */
  static int widest(EnsembleArchitecture a) {
    return a.hidden().stream().mapToInt(Integer::intValue).max().orElse(1);
  }

  /** Width of the hidden layers together, as often as a gradient step keeps them. */
  static double neurons(EnsembleArchitecture a) {
    return a.hidden().stream().mapToDouble(Integer::doubleValue).sum();
  }
}
