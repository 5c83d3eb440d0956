package org.planloop.dynamics;

import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.torch.Device;

/**
 * How much the members of an ensemble disagree about one step: the root mean square, over the
 * dimensions of the state, of the standard deviation between their predictions, each dimension in
 * units of its typical change (the ensemble's output scale). 0 where all say the same, about 1
 * where they differ as much as transitions do: there the model has seen nothing alike.
 */
public final class EnsembleDisagreement implements AutoCloseable {
  private final DynamicsModel model;
  private final int members;
  private final float[] scale;
  private final int stateSize;
  private final int actionSize;

  /**
   * @param threads inside one call of the model
   */
  public EnsembleDisagreement(
      ModelParameters.Ensemble ensemble, Environment environment, int threads, Device device) {
    this.members = ensemble.architecture().elites().size();
    this.scale = EnsembleWeights.of(ensemble).outputStd();
    this.model = DynamicsModels.open(ensemble, environment, threads, device);
    this.stateSize = model.stateSize();
    this.actionSize = model.actionSize();
  }

  /**
   * Measures all rows at once.
   *
   * @param rows number of rows n
   * @param states shape [n, S]
   * @param actions shape [n, A]
   * @return shape [n]
   */
  public double[] measure(int rows, float[] states, float[] actions) {
    RandomStream[] deal = new RandomStream[rows];
    for (int row = 0; row < rows; row++) {
      // Which particle gets which member plays no part: there is one particle for each.
      deal[row] = new RandomStream(row);
    }
    if (states.length != rows * stateSize || actions.length != rows * actionSize) {
      throw new IllegalArgumentException(
          rows + " rows with " + states.length + " and " + actions.length + " values");
    }
    float[] next =
        model
            .rollout(
                new RolloutRequest(
                    rows, 1, 1, members, states, actions, Propagation.TS_INFINITY, false, deal))
            .states();
    double[] result = new double[rows];
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int i = 0; i < stateSize; i++) {
        sum += variance(next, row * members * stateSize + i) / ((double) scale[i] * scale[i]);
      }
      result[row] = Math.sqrt(sum / stateSize);
    }
    return result;
  }

  /** Between the members, of the dimension whose first member's value is at {@code first}. */
  private double variance(float[] next, int first) {
    double mean = 0;
    for (int e = 0; e < members; e++) {
      mean += next[first + e * stateSize];
    }
    mean /= members;
    double sum = 0;
    for (int e = 0; e < members; e++) {
      double deviation = next[first + e * stateSize] - mean;
      sum += deviation * deviation;
    }
    return sum / members;
  }

  @Override
  public void close() {
    model.close();
  }
}
