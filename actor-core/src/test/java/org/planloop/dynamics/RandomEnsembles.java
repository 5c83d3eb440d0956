package org.planloop.dynamics;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/** Ensembles for tests. */
final class RandomEnsembles {
  private RandomEnsembles() {}

  /** Weights zero, normalisers the identity. */
  static EnsembleWeights zero(EnsembleArchitecture a) {
    float[][] weights = new float[a.layers()][];
    float[][] biases = new float[a.layers()][];
    for (int l = 0; l < a.layers(); l++) {
      weights[l] = new float[a.members() * a.fanIn(l) * a.fanOut(l)];
      biases[l] = new float[a.members() * a.fanOut(l)];
    }
    float[] inputStd = new float[a.inputs()];
    float[] outputStd = new float[a.targets()];
    Arrays.fill(inputStd, 1);
    Arrays.fill(outputStd, 1);
    int bounds = a.probabilistic() ? a.members() * a.targets() : 0;
    return new EnsembleWeights(
        a,
        weights,
        biases,
        new float[a.inputs()],
        inputStd,
        new float[a.targets()],
        outputStd,
        new float[bounds],
        new float[bounds]);
  }

  /** Everything random. */
  static EnsembleWeights weights(EnsembleArchitecture a, RandomStream random) {
    EnsembleWeights w = zero(a);
    for (int l = 0; l < a.layers(); l++) {
      fill(w.weights()[l], 1 / Math.sqrt(a.fanIn(l)), random);
      fill(w.biases()[l], 0.3, random);
    }
    fill(w.inputMean(), 0.5, random);
    fill(w.outputMean(), 0.1, random);
    for (int i = 0; i < a.inputs(); i++) {
      w.inputStd()[i] = 0.5f + random.nextFloat();
    }
    for (int i = 0; i < a.targets(); i++) {
      w.outputStd()[i] = 0.2f + random.nextFloat();
    }
    Arrays.fill(w.minLogVariance(), -6);
    Arrays.fill(w.maxLogVariance(), 0.5f);
    return w;
  }

  static float[] gaussian(int size, double std, RandomStream random) {
    float[] values = new float[size];
    fill(values, std, random);
    return values;
  }

  private static void fill(float[] values, double std, RandomStream random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (std * random.nextGaussian());
    }
  }
}
