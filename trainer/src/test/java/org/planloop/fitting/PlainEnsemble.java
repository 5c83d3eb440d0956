package org.planloop.fitting;

import org.planloop.dynamics.EnsembleArchitecture;

/**
 * One member of an ensemble trained in double, one row and one number at a time: what the fast path
 * is held against. The bounds of the log variance follow the gradient of the loss plus PETS' pull
 * of 0.01 on each.
 */
final class PlainEnsemble {
  private final EnsembleArchitecture a;
  private final int sizes;

  /** Weights [in, out] and biases [out] of every layer, then the bounds [M] each. */
  final double[][] parameters;

  private final double[][] gradient;
  private final double[][] first;
  private final double[][] second;
  private int steps;

  PlainEnsemble(EnsembleArchitecture a) {
    this.a = a;
    sizes = 2 * a.layers() + (a.probabilistic() ? 2 : 0);
    parameters = zeros();
    gradient = zeros();
    first = zeros();
    second = zeros();
  }

  private double[][] zeros() {
    double[][] all = new double[sizes][];
    for (int l = 0; l < a.layers(); l++) {
      all[2 * l] = new double[a.fanIn(l) * a.fanOut(l)];
      all[2 * l + 1] = new double[a.fanOut(l)];
    }
    for (int i = 2 * a.layers(); i < sizes; i++) {
      all[i] = new double[a.targets()];
    }
    return all;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double softplus(double x) {
    return Math.log1p(Math.exp(x));
  }

  /** Mean loss over rows of inputs and targets; adds its gradient. */
  double loss(double[][] inputs, double[][] targets) {
    for (double[] tensor : gradient) {
      java.util.Arrays.fill(tensor, 0);
    }
    double total = 0;
    for (int row = 0; row < inputs.length; row++) {
      total += row(inputs[row], targets[row], inputs.length);
    }
    for (int i = 2 * a.layers(); i < sizes; i++) {
      for (int t = 0; t < a.targets(); t++) {
        gradient[i][t] += i == 2 * a.layers() ? -0.01 : 0.01;
      }
    }
    return total / inputs.length;
  }

  private double row(double[] input, double[] target, int rows) {
    int layers = a.layers();
    double[][] into = new double[layers + 1][];
    double[][] before = new double[layers][];
    into[0] = input;
    for (int l = 0; l < layers; l++) {
      before[l] = parameters[2 * l + 1].clone();
      for (int i = 0; i < a.fanIn(l); i++) {
        for (int o = 0; o < a.fanOut(l); o++) {
          before[l][o] += into[l][i] * parameters[2 * l][i * a.fanOut(l) + o];
        }
      }
      into[l + 1] = before[l].clone();
      for (int o = 0; o < before[l].length && l < layers - 1; o++) {
        into[l + 1][o] = before[l][o] * sigmoid(before[l][o]);
      }
    }
    double[] back = new double[a.outputs()];
    double loss = head(into[layers], target, rows, back);
    for (int l = layers - 1; l >= 0; l--) {
      double[] next = new double[a.fanIn(l)];
      for (int o = 0; o < a.fanOut(l); o++) {
        gradient[2 * l + 1][o] += back[o];
        for (int i = 0; i < a.fanIn(l); i++) {
          int at = i * a.fanOut(l) + o;
          gradient[2 * l][at] += into[l][i] * back[o];
          next[i] += parameters[2 * l][at] * back[o];
        }
      }
      for (int i = 0; i < next.length && l > 0; i++) {
        double s = sigmoid(before[l - 1][i]);
        next[i] *= s * (1 + before[l - 1][i] * (1 - s));
      }
      back = next;
    }
    return loss;
  }

  private double head(double[] y, double[] target, int rows, double[] back) {
    int m = a.targets();
    double scale = 1.0 / (rows * (double) m);
    double loss = 0;
    for (int t = 0; t < m; t++) {
      double e = y[t] - target[t];
      if (a.probabilistic()) {
        int low = 2 * a.layers();
        double above = parameters[low + 1][t] - y[m + t];
        double upper = parameters[low + 1][t] - softplus(above);
        double inside = upper - parameters[low][t];
        double v = parameters[low][t] + softplus(inside);
        loss += (e * e * Math.exp(-v) + v) / m;
        back[t] = 2 * e * Math.exp(-v) * scale;
        double dv = (1 - e * e * Math.exp(-v)) * scale;
        double dUpper = dv * sigmoid(inside);
        back[m + t] = dUpper * sigmoid(above);
        gradient[low][t] += dv - dUpper;
        gradient[low + 1][t] += dUpper * (1 - sigmoid(above));
      } else {
        loss += e * e / m;
        back[t] = 2 * e * scale;
      }
    }
    if (a.learnedTermination()) {
      double z = y[y.length - 1];
      loss += softplus(z) - z * target[m];
      back[y.length - 1] = (sigmoid(z) - target[m]) / rows;
    }
    return loss;
  }

  /** Adam (Kingma and Ba 2015, algorithm 1) with weight decay added to the gradient. */
  void step(double rate, double weightDecay) {
    steps++;
    for (int i = 0; i < sizes; i++) {
      for (int k = 0; k < parameters[i].length; k++) {
        double g = gradient[i][k] + weightDecay * parameters[i][k];
        first[i][k] = 0.9 * first[i][k] + 0.1 * g;
        second[i][k] = 0.999 * second[i][k] + 0.001 * g * g;
        double mean = first[i][k] / (1 - Math.pow(0.9, steps));
        double square = second[i][k] / (1 - Math.pow(0.999, steps));
        parameters[i][k] -= rate * mean / (Math.sqrt(square) + 1e-8);
      }
    }
  }
}
