package org.planloop.dynamics;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.planloop.data.RandomStream;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Products;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.SharedInts;
import org.planloop.torch.TensorList;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/**
 * Weights and memory of one call at a time; used by one thread at a time.
 *
 * <p>The script's memory is kept for each number of columns that was asked for, as the rounds of a
 * planner ask for the same few again and again: fresh memory is mapped page by page, which for wide
 * layers costs as much as the products.
 */
final class EnsembleLane implements AutoCloseable {
  private static final Map<Products, TorchScript> SCRIPTS = new EnumMap<>(Products.class);

  static {
    for (Products products : Products.values()) {
      SCRIPTS.put(
          products, TorchScript.resource(EnsembleLane.class, "rollout.torchscript", products));
    }
  }

  /** Numbers of columns whose memory is kept. */
  private static final int WORKSPACES = 8;

  /** Columns of the dealt inputs, and columns that a member computes. */
  private record Size(int deck, int rows) {}

  private final EnsembleArchitecture architecture;
  private final int[] order;
  private final boolean half;
  private final int inputs;
  private final TorchSession session;
  private final TensorList weights;
  private final Map<Size, TensorList> workspaces = new LinkedHashMap<>(16, 0.75f, true);
  private SharedFloats columns;
  private SharedFloats noise;
  private SharedFloats other;
  private SharedInts deals;
  private float[] scratch = new float[0];
  private int[] cards = new int[0];

  EnsembleLane(
      EnsembleArchitecture architecture,
      FoldedEnsemble folded,
      Device device,
      Precision precision,
      Products products) {
    this.architecture = architecture;
    order = architecture.realsThenAngles();
    half = precision == Precision.BF16;
    inputs = FoldedEnsemble.columns(architecture);
    session = Objects.requireNonNull(SCRIPTS.get(products)).open(device, 1);
    SharedFloats values = session.floats(folded.values().length);
    values.put(folded.values());
    weights = session.create("load", values, folded.shapes(), halfTensors(folded), session.gpu());
    session.free(values);
    columns = session.floats(0);
    noise = session.floats(0);
    other = session.floats(0);
    deals = session.ints(0);
  }

  /** Which tensors the inner products take in bf16: the inner layers with their biases. */
  private int[] halfTensors(FoldedEnsemble folded) {
    int[] chosen = new int[folded.shapes().length / 3];
    if (half) {
      Arrays.fill(chosen, 1, 2 * architecture.layers() - 3, 1);
    }
    return chosen;
  }

  boolean gpu() {
    return session.onGpu();
  }

  long nativeCalls() {
    return session.calls();
  }

  /** Deals the members to the rows of a piece; in the order of the pieces. */
  void deal(EnsembleRollout rollout, EnsembleRollout.Piece piece) {
    MemberDeal deal = rollout.deal(piece);
    int size = deal.size();
    if (cards.length < size) {
      cards = new int[size];
    }
    deal.write(rollout.dealing, piece.problem(), cards);
  }

  /** Flies a piece whose members are dealt, and hands over what came of it. */
  void fly(EnsembleRollout rollout, EnsembleRollout.Piece piece) {
    MemberDeal deal = rollout.deal(piece);
    boolean mixes = rollout.decks > 1;
    EnsembleColumns layout =
        new EnsembleColumns(
            rollout.request, piece, rollout.particles, deal, mixes, cards, order, inputs);
    int horizon = rollout.request.horizon();
    int width = layout.columns();
    int extra = rollout.width - order.length;
    int deck = rollout.decks == 0 ? width : deal.deck();
    float[] given = scratch((horizon + 1) * inputs * width);
    layout.write(given, architecture.angles());
    columns = atLeast(columns, (horizon + 1) * inputs * width);
    columns.put(0, given, 0, (horizon + 1) * inputs * width);
    if (mixes) {
      if (deals.size() < deal.size()) {
        session.free(deals);
        deals = session.ints(deal.size());
      }
      deals.put(0, cards, 0, deal.size());
    }
    if (rollout.noisy) {
      draw(rollout, piece, layout);
    }
    other = atLeast(other, horizon * extra * width);
    session.call(
        "rollout",
        weights,
        workspace(deck, rollout.decks == 0 ? deck : deck / architecture.elites().size()),
        columns,
        deals,
        noise,
        other,
        new int[] {
          width,
          deck,
          horizon,
          order.length,
          order.length - architecture.angles(),
          architecture.targets(),
          architecture.learnedTermination() ? 1 : 0,
          architecture.layers(),
          rollout.noisy ? 1 : 0,
          rollout.decks > 0 ? 1 : 0,
          mixes ? 1 : 0,
          half ? 1 : 0
        });
    take(rollout, piece, layout, extra);
  }

  /** Memory for the script; the least recently used goes where there would be too many. */
  private TensorList workspace(int deck, int rows) {
    Size key = new Size(deck, rows);
    TensorList known = workspaces.get(key);
    if (known != null) {
      return known;
    }
    if (workspaces.size() == WORKSPACES) {
      Iterator<TensorList> leastRecent = workspaces.values().iterator();
      session.free(leastRecent.next());
      leastRecent.remove();
    }
    TensorList made = session.create("workspace", weights, deck, rows, architecture.layers(), half);
    workspaces.put(key, made);
    return made;
  }

  private void draw(EnsembleRollout rollout, EnsembleRollout.Piece piece, EnsembleColumns layout) {
    int numbers = rollout.request.horizon() * order.length;
    int width = layout.columns();
    int firstPlan = piece.problem() * rollout.request.plans() + piece.plan();
    int rows = piece.problems() * piece.plans() * rollout.particles;
    float[] drawn = scratch(numbers * width);
    for (int row = 0; row < rows; row++) {
      RandomStream random = rollout.drawing[firstPlan + row / rollout.particles];
      int column = layout.column(row);
      for (int i = 0; i < numbers; i++) {
        drawn[i * width + column] = (float) random.nextGaussian();
      }
    }
    noise = atLeast(noise, numbers * width);
    noise.put(0, drawn, 0, numbers * width);
  }

  private void take(
      EnsembleRollout rollout, EnsembleRollout.Piece piece, EnsembleColumns layout, int extra) {
    int width = layout.columns();
    float[] flown = scratch((order.length + extra) * width);
    for (int t = 0; t < rollout.request.horizon(); t++) {
      columns.get((t + 1) * inputs * width, flown, 0, order.length * width);
      other.get(t * extra * width, flown, order.length * width, extra * width);
      rollout.take(piece, layout, t, flown);
    }
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
