package org.planloop.dynamics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Products;

/**
 * An ensemble of neural networks on PyTorch: a whole rollout is one native call a thread, or a few
 * where it would not fit into bounded memory. Several threads share the plans of a rollout between
 * them, each with a call of its own: two calls of one thread each are faster than one call of two.
 *
 * <p>Members are dealt to particles like cards: within a problem, each run of E consecutive
 * particles (E elites) gets every member exactly once, in random order, anew at every step (TS1) or
 * once (TS-infinity). So where E divides the number of particles, all members judge every plan
 * equally. With {@link Propagation#EXPECTATION} the state follows the mean over the members; noise
 * then has the mean of their variances. A learned reward is the predicted mean; a learned
 * termination is the mean of the members' probabilities.
 *
 * <p>Member choices come from a split of each problem's stream, noise from a split for each plan,
 * so they do not depend on how the work is cut into calls. Equal requests give equal bits on
 * machines with the same processor family and the same number of threads: matrix products change in
 * the last bits with their shape.
 */
public final class NeuralEnsembleModel implements DynamicsModel {
  private final EnsembleArchitecture architecture;
  private final List<EnsembleLane> lanes = new ArrayList<>();
  private final ExecutorService others;

  /**
   * @param threads calls at a time, each with one thread, at least 1; on a GPU there is one
   * @throws org.planloop.data.InvalidInputException if tensors are missing or have a wrong shape
   * @throws org.planloop.torch.TorchException if PyTorch cannot be loaded
   */
  public NeuralEnsembleModel(ModelParameters.Ensemble model, int threads, Device device) {
    this(model, threads, device, Precision.FP32);
  }

  /**
   * @param precision of the products between hidden layers
   */
  public NeuralEnsembleModel(
      ModelParameters.Ensemble model, int threads, Device device, Precision precision) {
    this(model, threads, device, precision, Products.fastest());
  }

  NeuralEnsembleModel(
      ModelParameters.Ensemble model,
      int threads,
      Device device,
      Precision precision,
      Products products) {
    if (threads < 1) {
      throw new IllegalArgumentException("a model needs at least one thread: " + threads);
    }
    FoldedEnsemble folded = FoldedEnsemble.of(EnsembleWeights.of(model));
    architecture = model.architecture();
    lanes.add(new EnsembleLane(architecture, folded, device, precision, products));
    while (lanes.size() < threads && !lanes.get(0).gpu()) {
      lanes.add(new EnsembleLane(architecture, folded, device, precision, products));
    }
    others =
        Executors.newFixedThreadPool(
            Math.max(1, lanes.size() - 1),
            task -> {
              Thread thread = new Thread(task, "planloop-ensemble");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Calls into PyTorch so far: what a plan is made of, whatever the machine's speed. */
  public long nativeCalls() {
    return lanes.stream().mapToLong(EnsembleLane::nativeCalls).sum();
  }

  @Override
  public int stateSize() {
    return architecture.states().size();
  }

  @Override
  public int actionSize() {
    return architecture.actionSize();
  }

  @Override
  public Rollouts rollout(RolloutRequest request) {
    EnsembleRollout rollout = new EnsembleRollout(architecture, request);
    List<EnsembleRollout.Piece> pieces = rollout.pieces(lanes.size());
    for (int from = 0; from < pieces.size(); from += lanes.size()) {
      fly(rollout, pieces.subList(from, Math.min(from + lanes.size(), pieces.size())));
    }
    return rollout.result();
  }

  /** One piece a lane, all at once; the deals are dealt in their order before. */
  private void fly(EnsembleRollout rollout, List<EnsembleRollout.Piece> pieces) {
    for (int i = 0; i < pieces.size(); i++) {
      lanes.get(i).deal(rollout, pieces.get(i));
    }
    List<Future<?>> flying = new ArrayList<>();
    for (int i = 1; i < pieces.size(); i++) {
      EnsembleLane lane = lanes.get(i);
      EnsembleRollout.Piece piece = pieces.get(i);
      flying.add(others.submit(() -> lane.fly(rollout, piece)));
    }
    try {
      lanes.get(0).fly(rollout, pieces.get(0));
    } finally {
      flying.forEach(NeuralEnsembleModel::join);
    }
  }

  /** Waits, interrupted or not: the call writes into memory that is freed afterwards. */
  private static void join(Future<?> flying) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          flying.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException("a part of a rollout broke", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    others.shutdown();
    lanes.forEach(EnsembleLane::close);
  }
}
