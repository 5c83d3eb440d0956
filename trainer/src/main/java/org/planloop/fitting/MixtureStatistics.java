package org.planloop.fitting;

import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.replay.ReplayView;

/**
 * Means and standard deviations of an ensemble's inputs and targets under the mixture of the two
 * sides: the sides weigh as in the batches, whatever their sizes. A dimension that hardly varies
 * gets the standard deviation 1.
 *
 * @param inputMean shape [inputs]
 * @param inputStd shape [inputs]
 * @param outputMean shape [targets]
 * @param outputStd shape [targets]
 */
record MixtureStatistics(
    float[] inputMean, float[] inputStd, float[] outputMean, float[] outputStd) {
  private static final int BLOCK = 16_384;

  /** A standard deviation below this share of the largest magnitude is rounding. */
  private static final double CONSTANT = 1e-6;

  static MixtureStatistics of(ReplayView data, EnsembleArchitecture a, double expertFraction) {
    int inputs = a.inputs();
    Moments mixture = new Moments(inputs + a.targets());
    mixture.add(side(data, Provenance.EXPERT, a, expertFraction), expertFraction);
    mixture.add(side(data, Provenance.LEARNER, a, 1 - expertFraction), 1 - expertFraction);
    return new MixtureStatistics(
        mixture.mean(0, inputs),
        mixture.std(0, inputs),
        mixture.mean(inputs, a.targets()),
        mixture.std(inputs, a.targets()));
  }

  private static Moments side(
      ReplayView data, Provenance side, EnsembleArchitecture a, double weight) {
    Moments moments = new Moments(a.inputs() + a.targets());
    int size = weight > 0 ? data.size(side) : 0;
    CompletableFuture<TransitionBatch> next = read(data, side, 0, size);
    for (int from = 0; from < size; from += BLOCK) {
      CompletableFuture<TransitionBatch> current = next;
      next = read(data, side, from + BLOCK, size);
      TransitionBatch batch = Answers.await(current);
      float[] row = new float[a.inputs() + TrainingRows.targetWidth(a)];
      for (int i = 0; i < batch.size(); i++) {
        TrainingRows.writeInputs(a, batch, i, row, 0);
        TrainingRows.writeTargets(a, batch, i, row, a.inputs());
        moments.add(row);
      }
    }
    return moments;
  }

  private static CompletableFuture<TransitionBatch> read(
      ReplayView data, Provenance side, int from, int size) {
    int count = Math.min(BLOCK, size - from);
    return count > 0
        ? data.read(side, from, count)
        : CompletableFuture.completedFuture(TransitionBatch.allocate(0, 0, 0));
  }

  /** Weighted mean and sum of squared deviations, by the update of Chan, Golub and LeVeque. */
  private static final class Moments {
    private final double[] mean;
    private final double[] squares;
    private final double[] largest;
    private double weight;

    Moments(int size) {
      mean = new double[size];
      squares = new double[size];
      largest = new double[size];
    }

    void add(float[] row) {
      weight++;
      for (int i = 0; i < mean.length; i++) {
        double deviation = row[i] - mean[i];
        mean[i] += deviation / weight;
        squares[i] += deviation * (row[i] - mean[i]);
        largest[i] = Math.max(largest[i], Math.abs(row[i]));
      }
    }

    /** Adds another set with the total weight {@code share}. */
    void add(Moments other, double share) {
      if (other.weight == 0) {
        return;
      }
      double total = weight + share;
      for (int i = 0; i < mean.length; i++) {
        double difference = other.mean[i] - mean[i];
        mean[i] += difference * share / total;
        squares[i] +=
            other.squares[i] * share / other.weight
                + difference * difference * weight * share / total;
        largest[i] = Math.max(largest[i], other.largest[i]);
      }
      weight = total;
    }

    float[] mean(int from, int count) {
      float[] result = new float[count];
      for (int i = 0; i < count; i++) {
        result[i] = (float) mean[from + i];
      }
      return result;
    }

    float[] std(int from, int count) {
      float[] result = new float[count];
      for (int i = 0; i < count; i++) {
        double std = Math.sqrt(squares[from + i] / weight);
        result[i] = (float) (std > CONSTANT * largest[from + i] ? std : 1);
      }
      return result;
    }
  }
}
