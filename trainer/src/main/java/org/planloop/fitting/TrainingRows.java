package org.planloop.fitting;

import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.torch.SharedFloats;

/**
 * Transitions as an ensemble's normalised inputs and targets, in memory that the optimizer reads: a
 * target row holds the state's change (an angle's in (-pi, pi]), the reward where it is learned,
 * and 1 or 0 for termination where that is learned.
 */
final class TrainingRows {
  private static final double TURN = 2 * Math.PI;

  private final EnsembleWeights normalizer;
  private final SharedFloats inputs;
  private final SharedFloats targets;
  private final int inputWidth;
  private final int targetWidth;
  private int count;

  TrainingRows(EnsembleWeights normalizer, SharedFloats inputs, SharedFloats targets) {
    this.normalizer = normalizer;
    this.inputs = inputs;
    this.targets = targets;
    this.inputWidth = normalizer.architecture().inputs();
    this.targetWidth = targetWidth(normalizer.architecture());
  }

  static int targetWidth(EnsembleArchitecture a) {
    return a.targets() + (a.learnedTermination() ? 1 : 0);
  }

  SharedFloats inputs() {
    return inputs;
  }

  SharedFloats targets() {
    return targets;
  }

  /** Rows there are. */
  int count() {
    return count;
  }

  /** Rows there may be. */
  int capacity() {
    return inputs.size() / inputWidth;
  }

  void clear() {
    count = 0;
  }

  /** Appends all rows of a batch. */
  void append(TransitionBatch batch) {
    float[] in = new float[batch.size() * inputWidth];
    float[] out = new float[batch.size() * targetWidth];
    EnsembleArchitecture a = normalizer.architecture();
    for (int row = 0; row < batch.size(); row++) {
      writeInputs(a, batch, row, in, row * inputWidth);
      writeTargets(a, batch, row, out, row * targetWidth);
      for (int i = 0; i < inputWidth; i++) {
        int at = row * inputWidth + i;
        in[at] = (in[at] - normalizer.inputMean()[i]) / normalizer.inputStd()[i];
      }
      for (int i = 0; i < a.targets(); i++) {
        int at = row * targetWidth + i;
        out[at] = (out[at] - normalizer.outputMean()[i]) / normalizer.outputStd()[i];
      }
    }
    inputs.put(count * inputWidth, in, 0, in.length);
    targets.put(count * targetWidth, out, 0, out.length);
    count += batch.size();
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
