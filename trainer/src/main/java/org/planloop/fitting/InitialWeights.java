package org.planloop.fitting;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;

/** Where a fit starts from. */
final class InitialWeights {
  /** First bounds of the normalised log variance, as in PETS. */
  private static final float MIN_LOG_VARIANCE = -10;

  private static final float MAX_LOG_VARIANCE = 0.5f;

  private InitialWeights() {}

  /**
   * New weights as in PETS: a normal distribution of standard deviation 1 / (2 sqrt(fan-in)), cut
   * at two standard deviations; biases zero. So small a start makes smooth functions: on the
   * cart-pole, twice as large costs about two more trials.
   */
  static EnsembleWeights cold(
      EnsembleArchitecture a, MixtureStatistics statistics, RandomStream random) {
    float[][] weights = new float[a.layers()][];
    float[][] biases = new float[a.layers()][];
    for (int l = 0; l < a.layers(); l++) {
      weights[l] = new float[a.members() * a.fanIn(l) * a.fanOut(l)];
      biases[l] = new float[a.members() * a.fanOut(l)];
      double std = 0.5 / Math.sqrt(a.fanIn(l));
      for (int i = 0; i < weights[l].length; i++) {
        double z;
        do {
          z = random.nextGaussian();
        } while (Math.abs(z) > 2);
        weights[l][i] = (float) (std * z);
      }
    }
    float[] low = new float[a.probabilistic() ? a.members() * a.targets() : 0];
    float[] high = new float[low.length];
    Arrays.fill(low, MIN_LOG_VARIANCE);
    Arrays.fill(high, MAX_LOG_VARIANCE);
    return new EnsembleWeights(
        a,
        weights,
        biases,
        statistics.inputMean(),
        statistics.inputStd(),
        statistics.outputMean(),
        statistics.outputStd(),
        low,
        high);
  }

  /**
   * The same functions of states and actions as {@code previous}, written with the normaliser of
   * the new data: first and last layers and the bounds of the log variance are rescaled.
   */
  static EnsembleWeights warm(EnsembleWeights previous, MixtureStatistics statistics) {
    EnsembleArchitecture a = previous.architecture();
    float[][] weights = deepCopy(previous.weights());
    float[][] biases = deepCopy(previous.biases());
    renormalizeInputs(a, previous, statistics, weights[0], biases[0]);
    float[] low = previous.minLogVariance().clone();
    float[] high = previous.maxLogVariance().clone();
    int last = a.layers() - 1;
    int in = a.fanIn(last);
    int out = a.outputs();
    for (int target = 0; target < a.targets(); target++) {
      double ratio = (double) previous.outputStd()[target] / statistics.outputStd()[target];
      double shift =
          ((double) previous.outputMean()[target] - statistics.outputMean()[target])
              / statistics.outputStd()[target];
      double logShift = 2 * Math.log(ratio);
      for (int e = 0; e < a.members(); e++) {
        for (int i = 0; i < in; i++) {
          int at = (e * in + i) * out + target;
          weights[last][at] = (float) (weights[last][at] * ratio);
        }
        int at = e * out + target;
        biases[last][at] = (float) (biases[last][at] * ratio + shift);
        if (a.probabilistic()) {
          biases[last][at + a.targets()] += (float) logShift;
          low[e * a.targets() + target] += (float) logShift;
          high[e * a.targets() + target] += (float) logShift;
        }
      }
    }
    return new EnsembleWeights(
        a,
        weights,
        biases,
        statistics.inputMean(),
        statistics.inputStd(),
        statistics.outputMean(),
        statistics.outputStd(),
        low,
        high);
  }

  private static void renormalizeInputs(
      EnsembleArchitecture a,
      EnsembleWeights previous,
      MixtureStatistics statistics,
      float[] weights,
      float[] biases) {
    int in = a.inputs();
    int out = a.fanOut(0);
    for (int e = 0; e < a.members(); e++) {
      for (int o = 0; o < out; o++) {
        double bias = biases[e * out + o];
        for (int i = 0; i < in; i++) {
          int at = (e * in + i) * out + o;
          double perUnit = (double) weights[at] / previous.inputStd()[i];
          bias += perUnit * ((double) statistics.inputMean()[i] - previous.inputMean()[i]);
          weights[at] = (float) (perUnit * statistics.inputStd()[i]);
        }
        biases[e * out + o] = (float) bias;
      }
    }
  }

  private static float[][] deepCopy(float[][] arrays) {
    return Arrays.stream(arrays).map(float[]::clone).toArray(float[][]::new);
  }
}
