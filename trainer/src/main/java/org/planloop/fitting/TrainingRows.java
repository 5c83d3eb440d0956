package org.planloop.fitting;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.TensorList;

/**
 * Transitions as rows of an ensemble's normalised inputs and targets, in memory that the optimizer
 * reads. The targets are the state's change (an angle's in (-pi, pi]), the reward where it is
 * learned, and 1 or 0 for termination where that is learned.
 */
final class TrainingRows {
  private static final double TURN = 2 * Math.PI;

  private final EnsembleWeights normalizer;
  private final List<OptimizerLane> lanes;
  private final SharedFloats values;
  private final Map<OptimizerLane, TensorList> uploaded = new HashMap<>();
  private final int inputWidth;
  private final int width;
  private int count;

  /**
   * @param lanes that read the rows, at least one
   */
  TrainingRows(EnsembleWeights normalizer, int capacity, List<OptimizerLane> lanes) {
    this.normalizer = normalizer;
    this.lanes = lanes;
    this.inputWidth = normalizer.architecture().inputs();
    this.width = inputWidth + targetWidth(normalizer.architecture());
    this.values = lanes.get(0).floats(Math.multiplyExact(capacity, width));
  }

  static int targetWidth(EnsembleArchitecture a) {
    return a.targets() + (a.learnedTermination() ? 1 : 0);
  }

  /** Hands rows that were appended to the lanes' devices. */
  void upload() {
    for (OptimizerLane lane : lanes) {
      uploaded.computeIfAbsent(lane, each -> each.upload(values));
    }
  }

  /** The rows on a lane's device, shape [capacity (I + T)]. */
  TensorList on(OptimizerLane lane) {
    return Objects.requireNonNull(uploaded.get(lane), "rows are uploaded first");
  }

  private void change() {
    uploaded.forEach((lane, rows) -> lane.free(rows));
    uploaded.clear();
  }

  /** Rows there are. */
  int count() {
    return count;
  }

  /** Rows there may be. */
  int capacity() {
    return values.size() / width;
  }

  void clear() {
    count = 0;
    change();
  }

  /** Appends all rows of a batch. */
  void append(TransitionBatch batch) {
    float[] rows = new float[batch.size() * width];
    EnsembleArchitecture a = normalizer.architecture();
    for (int row = 0; row < batch.size(); row++) {
      int in = row * width;
      int out = in + inputWidth;
      writeInputs(a, batch, row, rows, in);
      writeTargets(a, batch, row, rows, out);
      for (int i = 0; i < inputWidth; i++) {
        rows[in + i] = (rows[in + i] - normalizer.inputMean()[i]) / normalizer.inputStd()[i];
      }
      for (int i = 0; i < a.targets(); i++) {
        rows[out + i] = (rows[out + i] - normalizer.outputMean()[i]) / normalizer.outputStd()[i];
      }
    }
    values.put(count * width, rows, 0, rows.length);
    count += batch.size();
    change();
  }

  static void writeInputs(
      EnsembleArchitecture a, TransitionBatch batch, int row, float[] inputs, int at) {
    a.writeInputs(
        batch.states(),
        row * batch.stateSize(),
        batch.actions(),
        row * batch.actionSize(),
        inputs,
        at);
  }

  /** Writes a row's targets as they are, not normalised. */
  static void writeTargets(
      EnsembleArchitecture a, TransitionBatch batch, int row, float[] targets, int at) {
    int stateSize = batch.stateSize();
    for (int i = 0; i < stateSize; i++) {
      int from = row * stateSize + i;
      double change = (double) batch.nextStates()[from] - batch.states()[from];
      targets[at + i] =
          (float) (a.angle(i) ? change - TURN * Math.ceil(change / TURN - 0.5) : change);
    }
    if (a.learnedReward()) {
      targets[at + stateSize] = batch.rewards()[row];
    }
    if (a.learnedTermination()) {
      targets[at + a.targets()] = batch.terminated(row) ? 1 : 0;
    }
  }
}
