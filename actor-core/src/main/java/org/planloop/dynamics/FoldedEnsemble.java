package org.planloop.dynamics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An ensemble's elites with the normaliser folded into their first and last layers, transposed so
 * that plans are columns: what the rollout script computes with. Folding is done in double.
 *
 * <p>In the order that the script expects, with E the number of elites: the first layer [E, H1, K],
 * the inner layers [E, Hl, Hl-1] with biases [E, Hl, 1], the last layer [E, O, Hn] with bias [E, O,
 * 1], its mean over the members with the mean bias as last column [M, E Hn + 1], and where the
 * ensemble is probabilistic the states' scales [S, 1] and the members' bounds of the log variance
 * [E, S, 1] each. State dimensions are ordered reals first, then angles.
 *
 * <p>The K columns of the first layer belong to the state as it is (angles have weight zero there),
 * the sines and cosines of the angles, the action, and a one, whose weight is the bias.
 *
 * @param values all tensors, one after another
 * @param shapes three dimensions a tensor
 */
record FoldedEnsemble(float[] values, int[] shapes) {
  /** K of an architecture. */
  static int columns(EnsembleArchitecture a) {
    return a.angles() + a.inputs() + 1;
  }

  static FoldedEnsemble of(EnsembleWeights w) {
    return new Folding(w).fold();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FoldedEnsemble that
        && Arrays.equals(values, that.values)
        && Arrays.equals(shapes, that.shapes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "FoldedEnsemble" + Arrays.toString(shapes);
  }

  private static final class Folding {
    private final EnsembleWeights w;
    private final EnsembleArchitecture a;
    private final int[] order;
    private final List<float[]> tensors = new ArrayList<>();
    private final List<int[]> dimensions = new ArrayList<>();

    Folding(EnsembleWeights w) {
      this.w = w;
      this.a = w.architecture();
      this.order = a.realsThenAngles();
    }

    FoldedEnsemble fold() {
      first();
      for (int l = 1; l < a.layers() - 1; l++) {
        inner(l);
      }
      last();
      if (a.probabilistic()) {
        int s = a.states().size();
        add(states(w.outputStd(), 0), 1, s, 1);
        add(bounds(w.minLogVariance()), a.elites().size(), s, 1);
        add(bounds(w.maxLogVariance()), a.elites().size(), s, 1);
      }
      int total = tensors.stream().mapToInt(t -> t.length).sum();
      float[] values = new float[total];
      int at = 0;
      for (float[] tensor : tensors) {
        System.arraycopy(tensor, 0, values, at, tensor.length);
        at += tensor.length;
      }
      return new FoldedEnsemble(values, dimensions.stream().flatMapToInt(Arrays::stream).toArray());
    }

    private void add(float[] tensor, int... shape) {
      tensors.add(tensor);
      dimensions.add(shape);
    }

    private void first() {
      int in = a.inputs();
      int out = a.fanOut(0);
      int columns = columns(a);
      int reals = a.states().size() - a.angles();
      float[] folded = new float[a.elites().size() * out * columns];
      int row = 0;
      for (int member : a.elites()) {
        for (int o = 0; o < out; o++) {
          double bias = w.biases()[0][member * out + o];
          for (int i = 0; i < in; i++) {
            double weight = w.weights()[0][(member * in + i) * out + o] / (double) w.inputStd()[i];
            bias -= weight * w.inputMean()[i];
            folded[row + (i < reals ? i : i + a.angles())] = (float) weight;
          }
          folded[row + columns - 1] = (float) bias;
          row += columns;
        }
      }
      add(folded, a.elites().size(), out, columns);
    }

    private void inner(int l) {
      int in = a.fanIn(l);
      int out = a.fanOut(l);
      int elites = a.elites().size();
      float[] weight = new float[elites * out * in];
      float[] bias = new float[elites * out];
      for (int e = 0; e < elites; e++) {
        int member = a.elites().get(e);
        for (int o = 0; o < out; o++) {
          bias[e * out + o] = w.biases()[l][member * out + o];
          for (int i = 0; i < in; i++) {
            weight[(e * out + o) * in + i] = w.weights()[l][(member * in + i) * out + o];
          }
        }
      }
      add(weight, elites, out, in);
      add(bias, elites, out, 1);
    }

    /** Rows of the result in the rollout's order of the states, the others as they are. */
    private int source(int output) {
      int s = a.states().size();
      int targets = a.targets();
      if (output < s) {
        return order[output];
      }
      if (a.probabilistic() && output >= targets && output < targets + s) {
        return targets + order[output - targets];
      }
      return output;
    }

    private void last() {
      int l = a.layers() - 1;
      int in = a.fanIn(l);
      int out = a.outputs();
      int targets = a.targets();
      int elites = a.elites().size();
      float[] weight = new float[elites * out * in];
      float[] bias = new float[elites * out];
      int meanColumns = elites * in + 1;
      float[] meanWeight = new float[targets * meanColumns];
      double[] meanBias = new double[targets];
      for (int e = 0; e < elites; e++) {
        int member = a.elites().get(e);
        for (int o = 0; o < out; o++) {
          int source = source(o);
          double scale = o < targets ? w.outputStd()[source] : 1;
          double shift = o < targets ? w.outputMean()[source] : 0;
          double b = w.biases()[l][member * out + source] * scale + shift;
          bias[e * out + o] = (float) b;
          if (o < targets) {
            meanBias[o] += b / elites;
          }
          for (int i = 0; i < in; i++) {
            double value = w.weights()[l][(member * in + i) * out + source] * scale;
            weight[(e * out + o) * in + i] = (float) value;
            if (o < targets) {
              meanWeight[o * meanColumns + e * in + i] = (float) (value / elites);
            }
          }
        }
      }
      add(weight, elites, out, in);
      add(bias, elites, out, 1);
      for (int o = 0; o < targets; o++) {
        meanWeight[(o + 1) * meanColumns - 1] = (float) meanBias[o];
      }
      add(meanWeight, 1, targets, meanColumns);
    }

    private float[] states(float[] targets, int from) {
      float[] result = new float[a.states().size()];
      for (int i = 0; i < result.length; i++) {
        result[i] = targets[from + order[i]];
      }
      return result;
    }

    private float[] bounds(float[] bounds) {
      int states = a.states().size();
      float[] result = new float[a.elites().size() * states];
      for (int e = 0; e < a.elites().size(); e++) {
        float[] member = states(bounds, a.elites().get(e) * a.targets());
        System.arraycopy(member, 0, result, e * states, states);
      }
      return result;
    }
  }
}
