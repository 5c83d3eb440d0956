package org.planloop.dynamics;

/** The ensemble's formula written down plainly, in double, one row at a time. */
final class ReferenceEnsemble {
  private final EnsembleWeights w;
  private final EnsembleArchitecture a;

  /** Mean of the members' probabilities of the last call. */
  double termination;

  ReferenceEnsemble(EnsembleWeights weights) {
    this.w = weights;
    this.a = weights.architecture();
  }

  /** Mean over the elites of the predicted targets, denormalised. */
  double[] expectation(double[] state, double[] action) {
    double[] mean = new double[a.targets()];
    termination = 0;
    for (int member : a.elites()) {
      double[] y = member(member, state, action);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += (y[i] * w.outputStd()[i] + w.outputMean()[i]) / a.elites().size();
      }
      termination += 1 / (1 + Math.exp(-y[y.length - 1])) / a.elites().size();
    }
    return mean;
  }

  /** The raw outputs of a member. */
  double[] member(int member, double[] state, double[] action) {
    double[] h = new double[a.inputs()];
    int at = 0;
    for (int i = 0; i < state.length; i++) {
      if (!a.angle(i)) {
        h[at++] = state[i];
      }
    }
    for (int i = 0; i < state.length; i++) {
      if (a.angle(i)) {
        h[at] = Math.sin(state[i]);
        h[at++ + a.angles()] = Math.cos(state[i]);
      }
    }
    System.arraycopy(action, 0, h, at + a.angles(), action.length);
    for (int i = 0; i < h.length; i++) {
      h[i] = (h[i] - w.inputMean()[i]) / w.inputStd()[i];
    }
    for (int l = 0; l < a.layers(); l++) {
      double[] z = new double[a.fanOut(l)];
      for (int o = 0; o < z.length; o++) {
        z[o] = w.biases()[l][member * z.length + o];
        for (int i = 0; i < h.length; i++) {
          z[o] += h[i] * w.weights()[l][(member * h.length + i) * z.length + o];
        }
        if (l < a.layers() - 1) {
          z[o] /= 1 + Math.exp(-z[o]);
        }
      }
      h = z;
    }
    return h;
  }
}
