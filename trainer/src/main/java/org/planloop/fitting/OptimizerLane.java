package org.planloop.fitting;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Products;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.SharedInts;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * The native side of some members' fit: their parameters with Adam's moments, many steps in one
 * call, on one thread. Members share nothing, so lanes may run at the same time.
 *
 * <p>Host memory crosses to the device when rows are uploaded, and with the indices and losses of a
 * call; parameters, moments and activations stay there.
 */
final class OptimizerLane implements AutoCloseable {
  private static final Map<Products, TorchScript> SCRIPTS = new EnumMap<>(Products.class);

  static {
    for (Products products : Products.values()) {
      SCRIPTS.put(
          products, TorchScript.resource(OptimizerLane.class, "ensemble.torchscript", products));
    }
  }

  /** The first of these members, by their index in the ensemble. */
  final int from;

  /** How many members. */
  final int members;

  private final TorchSession session;
  private final int[] shapes;
  private final int[] layout;
  private final boolean half;
  private final SharedFloats flat;
  private final SharedFloats memberLosses;
  private TensorList vector;
  private TensorList parameters;
  private TensorList memory;
  private int memoryDraws;
  private int memoryBatch;
  private SharedFloats losses;
  private SharedInts index;
  private int[] taken = new int[0];

  OptimizerLane(
      EnsembleArchitecture a,
      int from,
      int members,
      Device device,
      Precision precision,
      Products products) {
    ParameterLayout parameterLayout = new ParameterLayout(a);
    this.from = from;
    this.members = members;
    this.half = precision == Precision.BF16;
    this.session = Objects.requireNonNull(SCRIPTS.get(products)).open(device, 1);
    this.shapes = parameterLayout.shapes(members);
    this.layout =
        new int[] {
          members,
          a.layers(),
          a.targets(),
          a.probabilistic() ? 1 : 0,
          a.learnedTermination() ? 1 : 0,
          a.inputs(),
          TrainingRows.targetWidth(a),
          half ? 1 : 0
        };
    this.flat = session.floats(parameterLayout.size(members));
    this.memberLosses = session.floats(members);
    this.losses = session.floats(0);
    this.index = session.ints(0);
    this.vector = session.create("vector", flat, session.gpu());
    this.parameters = session.create("load", vector, shapes, layout[1], half);
    this.memory = workspace(1, 1);
  }

  /** Native calls so far. */
  long calls() {
    return session.calls();
  }

  /** Pieces of host memory that calls have read or written so far. */
  long transfers() {
    return session.transfers();
  }

  /** Memory for rows, freed with this lane. */
  SharedFloats floats(int size) {
    return session.floats(size);
  }

  /** The rows where the parameters are: on the CPU the same memory, on a GPU a copy. */
  TensorList upload(SharedFloats rows) {
    return session.create("upload", parameters, rows);
  }

  void free(TensorList uploaded) {
    session.free(uploaded);
  }

  /** As {@link EnsembleOptimizer#train}, for these members; losses [steps, members]. */
  float[] train(
      TensorList rows,
      int[] batches,
      int steps,
      int draws,
      double learningRate,
      double decay,
      double weightDecay) {
    int batch = batches.length / (steps * draws);
    int own = draws == 1 ? 1 : members;
    index = put(batches, steps, draws, own, batch);
    if (losses.size() < steps * members) {
      session.free(losses);
      losses = session.floats(steps * members);
    }
    session.call(
        "train",
        vector,
        parameters,
        memory(own, batch),
        rows,
        index,
        losses,
        layout,
        steps,
        own,
        learningRate,
        decay,
        weightDecay);
    return losses.get(steps * members);
  }

  /** These members' share of the indices. */
  private SharedInts put(int[] batches, int steps, int draws, int own, int batch) {
    SharedInts target = index;
    if (target.size() < steps * own * batch) {
      session.free(target);
      target = session.ints(steps * own * batch);
    }
    if (own == draws) {
      target.put(batches);
      return target;
    }
    if (taken.length < steps * own * batch) {
      taken = new int[steps * own * batch];
    }
    for (int step = 0; step < steps; step++) {
      int source = (step * draws + from) * batch;
      System.arraycopy(batches, source, taken, step * own * batch, own * batch);
    }
    target.put(0, taken, 0, steps * own * batch);
    return target;
  }

  private TensorList memory(int draws, int batch) {
    if (draws != memoryDraws || batch != memoryBatch) {
      session.free(memory);
      memory = workspace(draws, batch);
    }
    return memory;
  }

  private TensorList workspace(int draws, int batch) {
    memoryDraws = draws;
    memoryBatch = batch;
    return session.create("workspace", parameters, draws, batch, layout);
  }

  /** Draws batches as {@link #train} does, and nothing else. */
  void draw(TensorList rows, int[] batches, int steps, int draws) {
    int batch = batches.length / (steps * draws);
    int own = draws == 1 ? 1 : members;
    index = put(batches, steps, draws, own, batch);
    session.call("draw", rows, memory(own, batch), index, steps);
  }

  /** These members' losses over rows that all of them see, shape [members]. */
  float[] evaluate(TensorList rows, int count) {
    session.call("evaluate", parameters, rows, memberLosses, count, layout);
    return memberLosses.get(members);
  }

  /** These members' parameters, tensor by tensor. */
  float[] save() {
    session.call("save", parameters, flat);
    return flat.get(flat.size());
  }

  /** Starts from these parameters, Adam's moments all zero. */
  void load(float[] values) {
    flat.put(values);
    session.free(parameters);
    session.free(vector);
    vector = session.create("vector", flat, session.gpu());
    parameters = session.create("load", vector, shapes, layout[1], half);
  }

  /** For tests: the gradient of the members' summed loss, each on its own share of the rows. */
  float[] gradient(TensorList rows, int count) {
    SharedFloats result = session.floats(flat.size());
    session.call("gradientOf", parameters, rows, result, count, layout);
    float[] values = result.get(flat.size());
    session.free(result);
    return values;
  }

  @Override
  public void close() {
    session.close();
  }
}
