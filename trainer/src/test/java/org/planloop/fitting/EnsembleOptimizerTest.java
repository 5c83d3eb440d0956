package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.environment.StateSpace;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Products;

class EnsembleOptimizerTest {
  private static final int MEMBERS = 2;

  private static EnsembleWeights weights(
      boolean probabilistic, boolean reward, boolean termination) {
    return weights(MEMBERS, List.of(5, 4), probabilistic, reward, termination);
  }

  private static EnsembleWeights weights(
      int members,
      List<Integer> hidden,
      boolean probabilistic,
      boolean reward,
      boolean termination) {
    EnsembleArchitecture a =
        new EnsembleArchitecture(
            StateSpace.of("x", "theta~"),
            1,
            members,
            List.of(0, 1),
            hidden,
            probabilistic,
            reward,
            termination);
    MixtureStatistics identity =
        new MixtureStatistics(
            new float[a.inputs()], ones(a.inputs()), new float[a.targets()], ones(a.targets()));
    return InitialWeights.cold(a, identity, new RandomStream(1));
  }

  private static float[] ones(int size) {
    float[] values = new float[size];
    Arrays.fill(values, 1);
    return values;
  }

  private static TransitionBatch data(int rows) {
    TransitionBatch batch = Transitions.random(rows, 2, 1, 0, 2, Transitions::linear);
    for (int row = 0; row < rows; row++) {
      batch.rewards()[row] = batch.states()[2 * row];
      batch.flags()[row] = batch.states()[2 * row + 1] > 0 ? TransitionBatch.TERMINATED : 0;
    }
    return batch;
  }

  @Test
  void gradientOfTheSquaredErrorAgreesWithFiniteDifferences() {
    checkGradient(weights(false, false, false));
  }

  @Test
  void gradientOfTheLikelihoodAgreesWithFiniteDifferences() {
    checkGradient(weights(true, false, false));
  }

  @Test
  void gradientWithRewardAndTerminationAgreesWithFiniteDifferences() {
    checkGradient(weights(false, true, true));
    checkGradient(weights(true, true, true));
  }

  private static void checkGradient(EnsembleWeights start) {
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(start, 1, Device.CPU, Precision.FP32)) {
      float[] at = optimizer.snapshot();
      for (int i = 0; i < at.length; i++) {
        at[i] *= 3;
      }
      optimizer.restore(at);
      TransitionBatch batch = data(7);
      TrainingRows once = optimizer.rows(7);
      once.append(batch);
      TrainingRows each = optimizer.rows(14);
      each.append(batch);
      each.append(batch);
      float[] gradient = optimizer.gradient(each);
      assertThat(gradient).hasSameSizeAs(at);
      int bounds = 2 * start.minLogVariance().length;
      float step = 4e-3f;
      for (int i = 0; i < at.length; i++) {
        double difference =
            (loss(optimizer, once, at, i, step) - loss(optimizer, once, at, i, -step)) / (2 * step);
        if (i >= at.length - bounds) {
          difference += i < at.length - bounds / 2 ? -0.01 : 0.01;
        }
        assertThat((double) gradient[i]).as("parameter " + i).isCloseTo(difference, within(1e-3));
      }
      assertThat(
              IntStream.range(0, gradient.length).filter(i -> Math.abs(gradient[i]) > 0.01).count())
          .isGreaterThan(gradient.length / 2);
    }
  }

  /** Summed over the members. */
  private static double loss(
      EnsembleOptimizer optimizer, TrainingRows rows, float[] at, int i, float step) {
    float[] moved = at.clone();
    moved[i] += step;
    optimizer.restore(moved);
    float[] losses = optimizer.evaluate(rows);
    return (double) losses[0] + losses[1];
  }

  @Test
  void adamsFirstStepHasTheLengthOfTheLearningRate() {
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(weights(false, false, false), 1, Device.CPU, Precision.FP32)) {
      TrainingRows rows = optimizer.rows(4);
      rows.append(data(4));
      float[] before = optimizer.snapshot();
      optimizer.train(rows, new int[] {0, 1, 2, 3}, 1, 1, 0.01, 1, 0);
      float[] after = optimizer.snapshot();
      for (int i = 0; i < before.length; i++) {
        assertThat(Math.abs(after[i] - before[i])).isCloseTo(0.01f, within(1e-4f));
      }
    }
  }

  @Test
  void theLearningRateFallsByAFactorAStep() {
    try (EnsembleOptimizer once =
            new EnsembleOptimizer(weights(true, true, true), 1, Device.CPU, Precision.FP32);
        EnsembleOptimizer twice =
            new EnsembleOptimizer(weights(true, true, true), 1, Device.CPU, Precision.FP32)) {
      TrainingRows first = once.rows(4);
      first.append(data(4));
      TrainingRows second = twice.rows(4);
      second.append(data(4));
      float[] losses = once.train(first, new int[] {0, 1, 2, 3, 3, 2}, 3, 1, 0.01, 0.5, 1e-4);
      twice.train(second, new int[] {0, 1}, 1, 1, 0.01, 0.5, 1e-4);
      twice.train(second, new int[] {2, 3}, 1, 1, 0.005, 0.5, 1e-4);
      float[] last = twice.train(second, new int[] {3, 2}, 1, 1, 0.0025, 0.5, 1e-4);
      assertThat(twice.snapshot()).isEqualTo(once.snapshot());
      assertThat(last).containsExactly(losses[4], losses[5]);
    }
  }

  @Test
  void everyLossIsThatOfPlainTrainingInDouble() {
    for (boolean probabilistic : new boolean[] {false, true}) {
      for (boolean learned : new boolean[] {false, true}) {
        checkAgainstPlain(weights(4, List.of(16, 12, 8), probabilistic, learned, learned));
      }
    }
  }

  /** Wide enough that oneDNN multiplies; skipped only where PyTorch comes without it. */
  @Test
  void bothProductsTrainTheSame() {
    assumeTrue(System.getProperty("os.arch").equals("amd64"));
    float[] blas = wide(Products.BLAS);
    float[] oneDnn = wide(Products.ONEDNN);
    for (int i = 0; i < blas.length; i++) {
      assertThat(oneDnn[i]).isCloseTo(blas[i], within(1e-5f * (1 + Math.abs(blas[i]))));
    }
  }

  /** The losses of a few steps of a wide network. */
  private static float[] wide(Products products) {
    EnsembleWeights start = weights(2, List.of(256, 256, 256), true, false, false);
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(start, 1, Device.CPU, Precision.FP32, products)) {
      TrainingRows rows = optimizer.rows(64);
      rows.append(data(64));
      int[] batches = IntStream.range(0, 4 * 2 * 64).map(k -> k * 7 % 64).toArray();
      return optimizer.train(rows, batches, 4, 2, 1e-3, 1, 0);
    }
  }

  /** Thirty steps of every member: losses within 1e-5 of the plain path's, relative. */
  private static void checkAgainstPlain(EnsembleWeights start) {
    EnsembleArchitecture a = start.architecture();
    int rows = 64;
    int steps = 30;
    int batch = 12;
    TransitionBatch data = data(rows);
    double[][] inputs = new double[rows][a.inputs()];
    double[][] targets = new double[rows][TrainingRows.targetWidth(a)];
    for (int row = 0; row < rows; row++) {
      float[] in = new float[a.inputs()];
      float[] out = new float[targets[row].length];
      TrainingRows.writeInputs(a, data, row, in, 0);
      TrainingRows.writeTargets(a, data, row, out, 0);
      Arrays.setAll(inputs[row], i -> in[i]);
      Arrays.setAll(targets[row], i -> out[i]);
    }
    int members = a.members();
    int[] index = IntStream.range(0, steps * members * batch).map(k -> k * 7 % rows).toArray();
    float[] losses;
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(start, 2, Device.CPU, Precision.FP32)) {
      TrainingRows table = optimizer.rows(rows);
      table.append(data);
      losses = optimizer.train(table, index, steps, members, 3e-3, 0.97, 1e-4);
    }
    for (int e = 0; e < members; e++) {
      PlainEnsemble plain = plain(start, e);
      double rate = 3e-3;
      for (int step = 0; step < steps; step++) {
        double[][] x = new double[batch][];
        double[][] y = new double[batch][];
        for (int i = 0; i < batch; i++) {
          x[i] = inputs[index[(step * members + e) * batch + i]];
          y[i] = targets[index[(step * members + e) * batch + i]];
        }
        double expected = plain.loss(x, y);
        assertThat((double) losses[step * members + e])
            .as("step " + step + " of member " + e)
            .isCloseTo(expected, within(1e-5 * (1 + Math.abs(expected))));
        plain.step(rate, 1e-4);
        rate *= 0.97;
      }
    }
  }

  private static PlainEnsemble plain(EnsembleWeights w, int member) {
    PlainEnsemble plain = new PlainEnsemble(w.architecture());
    for (int l = 0; l < w.weights().length; l++) {
      copy(w.weights()[l], member, plain.parameters[2 * l]);
      copy(w.biases()[l], member, plain.parameters[2 * l + 1]);
    }
    if (w.architecture().probabilistic()) {
      copy(w.minLogVariance(), member, plain.parameters[2 * w.weights().length]);
      copy(w.maxLogVariance(), member, plain.parameters[2 * w.weights().length + 1]);
    }
    return plain;
  }

  private static void copy(float[] all, int member, double[] own) {
    Arrays.setAll(own, i -> all[member * own.length + i]);
  }

  @Test
  void threadsChangeNoBit() {
    for (Precision precision : Precision.values()) {
      for (boolean probabilistic : new boolean[] {true, false}) {
        float[] one = train(7, 1, precision, probabilistic);
        assertThat(train(7, 2, precision, probabilistic)).isEqualTo(one);
        assertThat(train(7, 3, precision, probabilistic)).isEqualTo(one);
        assertThat(train(7, 64, precision, probabilistic)).isEqualTo(one);
      }
    }
  }

  @Test
  void halfPrecisionTrainsNearlyTheSame() {
    float[] whole = train(2, 1, Precision.FP32, true);
    float[] half = train(2, 1, Precision.BF16, true);
    assertThat(half).isNotEqualTo(whole);
    double squares = 0;
    double differences = 0;
    for (int i = 0; i < whole.length; i++) {
      squares += whole[i] * whole[i];
      differences += (half[i] - whole[i]) * (half[i] - whole[i]);
    }
    assertThat(Math.sqrt(differences / squares)).isLessThan(0.05);
  }

  @Test
  void hostTransfersGrowWithBlocksAndNeverWithSteps() {
    assertThat(transfers(1, 200)).isEqualTo(transfers(1, 2));
    long block = transfers(2, 10) - transfers(1, 10);
    assertThat(transfers(7, 40) - transfers(1, 40)).isEqualTo(6 * block);
    // The indices go there, the losses come back.
    assertThat(block).isEqualTo(2);
  }

  /** Of one lane that trains some blocks of so many steps. */
  private static long transfers(int blocks, int steps) {
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(weights(true, true, true), 1, Device.CPU, Precision.FP32)) {
      TrainingRows rows = optimizer.rows(64);
      rows.append(data(64));
      int[] batches = IntStream.range(0, steps * 2 * 16).map(k -> k % 64).toArray();
      for (int i = 0; i < blocks; i++) {
        optimizer.train(rows, batches, steps, 2, 1e-2, 0.99, 1e-5);
      }
      return optimizer.transfers();
    }
  }

  /** Collections in the middle of training must not free what the gradient still uses. */
  @Test
  void trainingIsTheSameToTheBitUnderGarbageCollection() throws Exception {
    float[] quiet = train();
    AtomicBoolean done = new AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
              }
            });
    collector.start();
    try {
      for (int i = 0; i < 5; i++) {
        assertThat(train()).isEqualTo(quiet);
      }
    } finally {
      done.set(true);
      collector.join();
    }
  }

  private static float[] train() {
    return train(2, 1, Precision.FP32, true);
  }

  private static float[] train(
      int members, int threads, Precision precision, boolean probabilistic) {
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(
            weights(members, List.of(32, 24), probabilistic, true, true),
            threads,
            Device.CPU,
            precision)) {
      TrainingRows rows = optimizer.rows(64);
      rows.append(data(64));
      for (int i = 0; i < 10; i++) {
        int[] batches = IntStream.range(0, 5 * members * 16).map(k -> (k * 7) % 64).toArray();
        optimizer.train(rows, batches, 5, members, 1e-2, 0.99, 1e-5);
      }
      return optimizer.snapshot();
    }
  }
}
