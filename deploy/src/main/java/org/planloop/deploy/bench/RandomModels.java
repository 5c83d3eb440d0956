package org.planloop.deploy.bench;

import java.util.List;
import java.util.stream.IntStream;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.StateSpace;

/** Ensembles with small random weights: as costly as fitted ones, and their states stay bounded. */
final class RandomModels {
  private RandomModels() {}

  static ModelParameters.Ensemble ensemble(
      StateSpace states, int actions, int members, List<Integer> hidden, boolean probabilistic) {
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            states,
            actions,
            members,
            IntStream.range(0, members).boxed().toList(),
            hidden,
            probabilistic,
            false,
            false);
    RandomStream random = new RandomStream(1);
    float[][] weights = new float[a.layers()][];
    float[][] biases = new float[a.layers()][];
    for (int l = 0; l < a.layers(); l++) {
      boolean last = l == a.layers() - 1;
      double scale = Math.sqrt(2.0 / a.fanIn(l)) * (last ? 0.02 : 1);
      weights[l] = normal(random, members * a.fanIn(l) * a.fanOut(l), scale);
      biases[l] = new float[members * a.fanOut(l)];
    }
    int variances = probabilistic ? members * a.targets() : 0;
    return new EnsembleWeights(
            a,
            weights,
            biases,
            new float[a.inputs()],
            filled(a.inputs(), 1),
            new float[a.targets()],
            filled(a.targets(), 1),
            filled(variances, -10),
            filled(variances, 0.5f))
        .toParameters();
  }

  private static float[] normal(RandomStream random, int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    java.util.Arrays.fill(values, value);
    return values;
  }
}
