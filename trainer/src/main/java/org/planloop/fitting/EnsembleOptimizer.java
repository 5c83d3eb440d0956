package org.planloop.fitting;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Products;
import org.planloop.torch.Torch;

/**
 * An ensemble's parameters under Adam: its members shared between lanes that run at the same time,
 * many steps in one native call each.
 *
 * <p>The backward pass is written out in the script, so no graph of gradients is ever recorded.
 * Adam with weight decay added to the gradient (Kingma and Ba 2015); the Gaussian likelihood with
 * learned bounds of the log variance as in PETS (Chua et al. 2018), bounds of its own for every
 * member. So members share nothing.
 *
 * <p>A snapshot is the vector of all parameters, as {@link ParameterLayout} says.
 */
final class EnsembleOptimizer implements AutoCloseable {
  /**
   * How many members a lane has at least. Who shares a lane changes last bits, because the tails of
   * vectors are computed otherwise than the vectors: so lanes depend on the ensemble alone, and not
   * on the threads that there happen to be.
   */
  private static final int MEMBERS_A_LANE = 2;

  private final EnsembleWeights shape;
  private final ParameterLayout vector;
  private final List<OptimizerLane> lanes = new ArrayList<>();
  private final ExecutorService others;
  private final int helpers;

  /**
   * @param threads that share the lanes between them, the calling one among them
   */
  EnsembleOptimizer(EnsembleWeights start, int threads, Device device, Precision precision) {
    this(start, threads, device, precision, Products.fastest());
  }

  EnsembleOptimizer(
      EnsembleWeights start, int threads, Device device, Precision precision, Products products) {
    EnsembleArchitecture a = start.architecture();
    this.shape = start;
    this.vector = new ParameterLayout(a);
    int count = Torch.resolvesToGpu(device) ? 1 : Math.max(1, a.members() / MEMBERS_A_LANE);
    for (int lane = 0; lane < count; lane++) {
      int from = lane * a.members() / count;
      int to = (lane + 1) * a.members() / count;
      lanes.add(new OptimizerLane(a, from, to - from, device, precision, products));
    }
    helpers = Math.min(threads, count) - 1;
    others =
        Executors.newFixedThreadPool(
            Math.max(1, helpers),
            task -> {
              Thread thread = new Thread(task, "planloop-fit");
              thread.setDaemon(true);
              return thread;
            });
    restore(vector.flatten(start));
  }

  /** Rows for {@link #train} and {@link #evaluate}, in memory that this optimizer frees. */
  TrainingRows rows(int capacity) {
    return new TrainingRows(shape, capacity, lanes);
  }

  /** E. */
  int members() {
    return shape.architecture().members();
  }

  /** Floats of one row of inputs and targets. */
  int rowWidth() {
    EnsembleArchitecture a = shape.architecture();
    return a.inputs() + TrainingRows.targetWidth(a);
  }

  /** Native calls so far, whatever the machine's speed. */
  long calls() {
    return lanes.stream().mapToLong(OptimizerLane::calls).sum();
  }

  /** Pieces of host memory that calls have read or written so far. */
  long transfers() {
    return lanes.stream().mapToLong(OptimizerLane::transfers).sum();
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
    rows.upload();
    List<float[]> losses =
        each(
            lane ->
                lane.train(rows.on(lane), batches, steps, draws, learningRate, decay, weightDecay));
    float[] all = new float[steps * members()];
    for (int i = 0; i < lanes.size(); i++) {
      OptimizerLane lane = lanes.get(i);
      for (int step = 0; step < steps; step++) {
        System.arraycopy(
            losses.get(i), step * lane.members, all, step * members() + lane.from, lane.members);
      }
    }
    return all;
  }

  /** Draws batches as {@link #train} does, and nothing else: to measure what a draw costs. */
  void draw(TrainingRows rows, int[] batches, int steps, int draws) {
    rows.upload();
    OptimizerLane lane = lanes.get(0);
    lane.draw(rows.on(lane), batches, steps, draws);
  }

  /** The members' losses over all of {@code rows}, shape [E]; there is at least one row. */
  float[] evaluate(TrainingRows rows) {
    rows.upload();
    float[] all = new float[members()];
    List<float[]> losses = each(lane -> lane.evaluate(rows.on(lane), rows.count()));
    for (int i = 0; i < lanes.size(); i++) {
      System.arraycopy(losses.get(i), 0, all, lanes.get(i).from, lanes.get(i).members);
    }
    return all;
  }

  /** Work on all lanes, as many at once as there are threads; results in the lanes' order. */
  private List<float[]> each(Function<OptimizerLane, float[]> work) {
    float[][] results = new float[lanes.size()][];
    AtomicInteger next = new AtomicInteger();
    Runnable take =
        () -> {
          for (int i = next.getAndIncrement(); i < results.length; i = next.getAndIncrement()) {
            results[i] = work.apply(lanes.get(i));
          }
        };
    List<CompletableFuture<Void>> helping = new ArrayList<>();
    for (int i = 0; i < helpers; i++) {
      helping.add(CompletableFuture.runAsync(take, others));
    }
    try {
      take.run();
    } finally {
      // Also after a failure: the others still write into memory that is freed afterwards.
      helping.forEach(helper -> helper.handle((done, failure) -> failure == null).join());
    }
    helping.forEach(CompletableFuture::join);
    return List.of(results);
  }

  /** The parameters of all members. */
  float[] snapshot() {
    float[] all = new float[vector.size(members())];
    for (OptimizerLane lane : lanes) {
      vector.copy(lane.save(), lane.members, 0, all, members(), lane.from, lane.members);
    }
    return all;
  }

  /** Goes back to a snapshot, with Adam's moments forgotten. */
  void restore(float[] snapshot) {
    for (OptimizerLane lane : lanes) {
      float[] own = new float[vector.size(lane.members)];
      vector.copy(snapshot, members(), lane.from, own, lane.members, 0, lane.members);
      lane.load(own);
    }
  }

  /**
   * Replaces some members in a snapshot by those of another.
   *
   * @param chosen which members, shape [E]
   */
  void copyMembers(float[] source, float[] target, boolean[] chosen) {
    for (int e = 0; e < chosen.length; e++) {
      if (chosen[e]) {
        vector.copy(source, members(), e, target, members(), e, 1);
      }
    }
  }

  /** A snapshot as a model with the elites of {@code architecture}. */
  EnsembleWeights weights(float[] snapshot, EnsembleArchitecture architecture) {
    return vector.weights(snapshot, shape, architecture);
  }

  /**
   * For tests: the gradient of the members' summed loss, in a snapshot's layout; each member sees
   * its own share of the rows.
   */
  float[] gradient(TrainingRows rows) {
    rows.upload();
    OptimizerLane only = lanes.get(0);
    if (lanes.size() > 1) {
      throw new IllegalStateException("the gradient of all members is that of a single lane");
    }
    return only.gradient(rows.on(only), rows.count());
  }

  @Override
  public void close() {
    others.shutdown();
    lanes.forEach(OptimizerLane::close);
  }
}
