package org.planloop.dynamics;

import org.planloop.data.RandomStream;
import org.planloop.torch.Device;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.SharedInts;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/** Weights and memory of one call at a time; used by one thread at a time. */
final class EnsembleLane implements AutoCloseable {
  private static final TorchScript SCRIPT =
      TorchScript.resource(EnsembleLane.class, "rollout.torchscript");

  private final EnsembleArchitecture architecture;
  private final int[] order;
  private final TorchSession session;
  private final TensorList weights;
  private SharedFloats starts;
  private SharedFloats actions;
  private SharedFloats noise;
  private SharedFloats result;
  private SharedInts deals;
  private float[] scratch = new float[0];
  private int[] cards = new int[0];
  private int deck;

  EnsembleLane(EnsembleArchitecture architecture, FoldedEnsemble folded, Device device) {
    this.architecture = architecture;
    order = architecture.realsThenAngles();
    session = SCRIPT.open(device, 1);
    SharedFloats values = session.floats(folded.values().length);
    values.put(folded.values());
    weights = session.create("load", values, folded.shapes(), session.gpu());
    session.free(values);
    starts = session.floats(0);
    actions = session.floats(0);
    noise = session.floats(0);
    result = session.floats(0);
    deals = session.ints(0);
  }

  boolean gpu() {
    return session.gpu();
  }

  long nativeCalls() {
    return session.calls();
  }

  /** Deals the members to the rows of a piece; in the order of the pieces. */
  void deal(EnsembleRollout rollout, EnsembleRollout.Piece piece) {
    MemberDeal deal =
        new MemberDeal(
            architecture.elites().size(),
            piece.problems(),
            piece.plans() * rollout.particles,
            rollout.decks);
    int size = deal.size();
    if (cards.length < size) {
      cards = new int[size];
    }
    deal.write(rollout.dealing, piece.problem(), cards);
    if (deals.size() < size) {
      session.free(deals);
      deals = session.ints(size);
    }
    deals.put(0, cards, 0, size);
    deck = deal.deck();
  }

  /** Flies a piece whose members are dealt, and hands over what came of it. */
  void fly(EnsembleRollout rollout, EnsembleRollout.Piece piece) {
    RolloutRequest request = rollout.request;
    int horizon = request.horizon();
    int stateSize = order.length;
    int actionSize = architecture.actionSize();
    int plans = piece.problems() * piece.plans();
    int rows = plans * rollout.particles;
    int planFloats = horizon * actionSize;
    int firstPlan = piece.problem() * request.plans() + piece.plan();
    putStarts(request, piece);
    actions = atLeast(actions, plans * planFloats);
    actions.put(0, request.actions(), firstPlan * planFloats, plans * planFloats);
    if (rollout.noisy) {
      draw(rollout, firstPlan, rows);
    }
    result = atLeast(result, horizon * rollout.width * rows);
    session.call(
        "rollout",
        weights,
        starts,
        actions,
        deals,
        noise,
        result,
        new int[] {
          piece.problems(),
          piece.plans(),
          rollout.particles,
          horizon,
          stateSize,
          stateSize - architecture.angles(),
          actionSize,
          architecture.targets(),
          architecture.learnedTermination() ? 1 : 0,
          architecture.layers(),
          deck,
          rollout.decks,
          rollout.noisy ? 1 : 0
        });
    float[] flown = scratch(horizon * rollout.width * rows);
    result.get(0, flown, 0, horizon * rollout.width * rows);
    rollout.take(piece, flown);
  }

  private void putStarts(RolloutRequest request, EnsembleRollout.Piece piece) {
    int stateSize = order.length;
    float[] ordered = scratch(piece.problems() * stateSize);
    for (int g = 0; g < piece.problems(); g++) {
      for (int i = 0; i < stateSize; i++) {
        ordered[g * stateSize + i] = request.starts()[(piece.problem() + g) * stateSize + order[i]];
      }
    }
    starts = atLeast(starts, piece.problems() * stateSize);
    starts.put(0, ordered, 0, piece.problems() * stateSize);
  }

  private void draw(EnsembleRollout rollout, int firstPlan, int rows) {
    int numbers = rollout.request.horizon() * order.length;
    float[] drawn = scratch(numbers * rows);
    for (int row = 0; row < rows; row++) {
      RandomStream random = rollout.drawing[firstPlan + row / rollout.particles];
      for (int i = 0; i < numbers; i++) {
        drawn[i * rows + row] = (float) random.nextGaussian();
      }
    }
    noise = atLeast(noise, numbers * rows);
    noise.put(0, drawn, 0, numbers * rows);
  }

  private SharedFloats atLeast(SharedFloats floats, int size) {
    if (floats.size() >= size) {
      return floats;
    }
    session.free(floats);
    return session.floats(size);
  }

  private float[] scratch(int size) {
    if (scratch.length < size) {
      scratch = new float[size];
    }
    return scratch;
  }

  @Override
  public void close() {
    session.close();
  }
}
