package org.planloop.fitting;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.torch.Device;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.SharedInts;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * The native side of a fit: an ensemble's parameters with Adam's moments, many steps in one call.
 *
 * <p>The backward pass is written out in the script, so no graph of gradients is ever recorded.
 * Adam with weight decay added to the gradient (Kingma and Ba 2015); the Gaussian likelihood with
 * learned bounds of the log variance as in PETS (Chua et al. 2018).
 */
final class EnsembleOptimizer implements AutoCloseable {
  private static final TorchScript SCRIPT =
      TorchScript.resource(EnsembleOptimizer.class, "ensemble.torchscript");

  private final EnsembleWeights shape;
  private final TorchSession session;
  private final int[] shapes;
  private final int[] layout;
  private final SharedFloats flat;
  private final SharedFloats memberLosses;
  private TensorList parameters;
  private TensorList moments;
  private SharedFloats losses;
  private SharedInts index;

  EnsembleOptimizer(EnsembleWeights start, int threads, Device device) {
    EnsembleArchitecture a = start.architecture();
    this.shape = start;
    this.session = SCRIPT.open(device, threads);
    this.shapes = shapes(a);
    this.layout =
        new int[] {
          a.members(),
          a.layers(),
          a.targets(),
          a.probabilistic() ? 1 : 0,
          a.learnedTermination() ? 1 : 0,
          a.inputs(),
          TrainingRows.targetWidth(a)
        };
    this.flat = session.floats(size(shapes));
    this.memberLosses = session.floats(a.members());
    this.losses = session.floats(0);
    this.index = session.ints(0);
    this.parameters = unflatten(flatten(start));
    this.moments = session.create("moments", parameters);
  }

  private static int[] shapes(EnsembleArchitecture a) {
    IntStream layers =
        IntStream.range(0, a.layers())
            .flatMap(
                l ->
                    IntStream.of(
                        a.members(), a.fanIn(l), a.fanOut(l), a.members(), 1, a.fanOut(l)));
    IntStream bounds =
        a.probabilistic() ? IntStream.of(1, 1, a.targets(), 1, 1, a.targets()) : IntStream.empty();
    return IntStream.concat(layers, bounds).toArray();
  }

  private static int size(int[] shapes) {
    return IntStream.range(0, shapes.length / 3)
        .map(i -> shapes[3 * i] * shapes[3 * i + 1] * shapes[3 * i + 2])
        .sum();
  }

  /** Rows for {@link #train} and {@link #evaluate}, in memory that this optimizer frees. */
  TrainingRows rows(int capacity) {
    EnsembleArchitecture a = shape.architecture();
    return new TrainingRows(
        shape,
        session.floats(capacity * a.inputs()),
        session.floats(capacity * TrainingRows.targetWidth(a)));
  }

  /** E. */
  int members() {
    return layout[0];
  }

  /** Floats of one row of inputs and targets. */
  int rowWidth() {
    return layout[5] + layout[6];
  }

  /**
   * Steps through batches.
   *
   * @param rows what the batches are made of
   * @param batches indices into {@code rows}, shape [steps, draws, batch]
   * @param draws E, or 1 where all members see the same batches
   * @param learningRate of the first step
   * @param decay factor of the learning rate a step
   * @return the members' losses before each step, shape [steps, E]
   */
  float[] train(
      TrainingRows rows,
      int[] batches,
      int steps,
      int draws,
      double learningRate,
      double decay,
      double weightDecay) {
    int members = layout[0];
    if (index.size() < batches.length) {
      session.free(index);
      index = session.ints(batches.length);
    }
    if (losses.size() < steps * members) {
      session.free(losses);
      losses = session.floats(steps * members);
    }
    index.put(batches);
    session.call(
        "train",
        parameters,
        moments,
        rows.inputs(),
        rows.targets(),
        index,
        losses,
        layout,
        rows.count(),
        steps,
        draws,
        batches.length / (steps * draws),
        learningRate,
        decay,
        weightDecay);
    return losses.get(steps * members);
  }

  /** The members' losses over all of {@code rows}, shape [E]; there is at least one row. */
  float[] evaluate(TrainingRows rows) {
    session.call(
        "evaluate", parameters, rows.inputs(), rows.targets(), memberLosses, layout, rows.count());
    return memberLosses.get(layout[0]);
  }

  /** The parameters as one flat array. */
  float[] snapshot() {
    session.call("flatten", parameters, flat);
    return flat.get(flat.size());
  }

  /** Goes back to a snapshot, with Adam's moments forgotten. */
  void restore(float[] snapshot) {
    session.free(parameters);
    session.free(moments);
    parameters = unflatten(snapshot);
    moments = session.create("moments", parameters);
  }

  private TensorList unflatten(float[] values) {
    flat.put(values);
    return session.create("unflatten", flat, shapes, session.gpu());
  }

  /**
   * Replaces the parameters of some members in a snapshot by those of another. The bounds of the
   * log variance belong to all members and are taken from the other, too.
   *
   * @param members which members, shape [E]
   */
  void copyMembers(float[] from, float[] to, boolean[] members) {
    int at = 0;
    for (int i = 0; i < shapes.length; i += 3) {
      int each = shapes[i + 1] * shapes[i + 2];
      for (int e = 0; e < shapes[i]; e++) {
        if (shapes[i] < members.length || members[e]) {
          System.arraycopy(from, at, to, at, each);
        }
        at += each;
      }
    }
  }

  /** A snapshot as a model with the elites of {@code architecture}. */
  EnsembleWeights weights(float[] snapshot, EnsembleArchitecture architecture) {
    EnsembleArchitecture a = architecture;
    float[][] weights = new float[a.layers()][];
    float[][] biases = new float[a.layers()][];
    int at = 0;
    for (int l = 0; l < a.layers(); l++) {
      int weight = a.members() * a.fanIn(l) * a.fanOut(l);
      int bias = a.members() * a.fanOut(l);
      weights[l] = Arrays.copyOfRange(snapshot, at, at + weight);
      biases[l] = Arrays.copyOfRange(snapshot, at + weight, at + weight + bias);
      at += weight + bias;
    }
    int bounds = a.probabilistic() ? a.targets() : 0;
    return new EnsembleWeights(
        a,
        weights,
        biases,
        shape.inputMean(),
        shape.inputStd(),
        shape.outputMean(),
        shape.outputStd(),
        Arrays.copyOfRange(snapshot, at, at + bounds),
        Arrays.copyOfRange(snapshot, at + bounds, at + 2 * bounds));
  }

  private float[] flatten(EnsembleWeights w) {
    float[] values = new float[flat.size()];
    int at = 0;
    for (int l = 0; l < w.weights().length; l++) {
      at = append(w.biases()[l], values, append(w.weights()[l], values, at));
    }
    append(w.maxLogVariance(), values, append(w.minLogVariance(), values, at));
    return values;
  }

  private static int append(float[] source, float[] target, int at) {
    System.arraycopy(source, 0, target, at, source.length);
    return at + source.length;
  }

  /**
   * For tests: the gradient of the members' summed loss, in a snapshot's layout; each member sees
   * its own share of the rows.
   */
  float[] gradient(TrainingRows rows) {
    TensorList gradient =
        session.create("gradientOf", rows.inputs(), rows.targets(), parameters, layout);
    SharedFloats result = session.floats(layout[0] + flat.size());
    session.call("flatten", gradient, result);
    float[] values = result.get(result.size());
    session.free(gradient);
    session.free(result);
    return Arrays.copyOfRange(values, layout[0], values.length);
  }

  @Override
  public void close() {
    session.close();
  }
}
