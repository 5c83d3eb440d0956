package org.planloop.fitting;

import java.util.OptionalDouble;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayView;

/**
 * Transitions beside what a linear model, or one for each step of an episode, says of them: z, what
 * a fit regresses on, and y, what the model leaves of s' unexplained. Safe for use by several
 * threads.
 */
abstract class OneStep {
  private final int steps;
  private final int inputs;
  private final int outputs;

  /**
   * @param steps H, 1 for a model that holds at all of them
   * @param inputs width Z of z
   * @param outputs width Y of y
   */
  OneStep(int steps, int inputs, int outputs) {
    this.steps = steps;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Which step's model holds for a row, from 0. */
  abstract int step(TransitionBatch batch, int row);

  /**
   * Reads a row.
   *
   * @param step the row's
   * @param target z and then y, shape [Z + Y]
   */
  abstract void read(TransitionBatch batch, int row, int step, double[] target);

  static void copy(float[] source, int from, double[] target, int to, int count) {
    for (int i = 0; i < count; i++) {
      target[to + i] = source[from + i];
    }
  }

  /** The sums of a side, step by step; the same to the bit for any number of threads. */
  final GramChain sums(ReplayView data, Provenance side, int threads) {
    return SideSlices.of(data, side, threads, new Sums());
  }

  /**
   * The mean of the squared entries of y over a side; empty without rows. The same to the bit for
   * any number of threads.
   */
  final OptionalDouble meanSquare(ReplayView data, Provenance side, int threads) {
    if (data.size(side) == 0) {
      return OptionalDouble.empty();
    }
    double sum = SideSlices.of(data, side, threads, new Squares())[0];
    return OptionalDouble.of(sum / data.size(side) / outputs);
  }

  private final class Sums implements SideSlices.Summation<GramChain> {
    @Override
    public GramChain empty() {
      return new GramChain(steps, inputs, outputs);
    }

    @Override
    public void add(GramChain sum, TransitionBatch block) {
      for (int row = 0; row < block.size(); row++) {
        int step = step(block, row);
        GramSums here = sum.at(step);
        read(block, row, step, here.next());
        here.add();
      }
    }

    @Override
    public void append(GramChain sum, GramChain next) {
      sum.add(next, 1);
    }
  }

  private final class Squares implements SideSlices.Summation<double[]> {
    @Override
    public double[] empty() {
      return new double[1];
    }

    @Override
    public void add(double[] sum, TransitionBatch block) {
      double[] target = new double[inputs + outputs];
      double squares = 0;
      for (int row = 0; row < block.size(); row++) {
        read(block, row, step(block, row), target);
        for (int i = inputs; i < target.length; i++) {
          squares += target[i] * target[i];
        }
      }
      sum[0] += squares;
    }

    @Override
    public void append(double[] sum, double[] next) {
      sum[0] += next[0];
    }
  }
}
