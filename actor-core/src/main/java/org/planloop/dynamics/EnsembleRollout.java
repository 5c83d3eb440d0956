package org.planloop.dynamics;

import java.util.ArrayList;
import java.util.List;
import org.planloop.data.RandomStream;

/**
 * A request to an ensemble on its way: how it is cut into pieces, its random numbers, its result.
 */
final class EnsembleRollout {
  /** Activations of one layer in one call, in floats: 2 MB, about what stays in a core's cache. */
  private static final int LAYER_FLOATS = 1 << 19;

  /** Inputs and results of one call, in floats. */
  private static final int TRANSFER_FLOATS = 1 << 24;

  final RolloutRequest request;

  /** Numbers that a network's outputs are turned into at each step. */
  final int width;

  final boolean noisy;

  /** Particles that are really flown; without noise and members they are all alike. */
  final int particles;

  /** Hands of cards a rollout: none, one, or one a step. */
  final int decks;

  /** Of each problem. */
  final RandomStream[] dealing;

  /** Of each plan of each problem; empty without noise. */
  final RandomStream[] drawing;

  private final EnsembleArchitecture architecture;
  private final int[] order;
  private final int maxRows;
  private final float[] states;
  private final float[] rewards;
  private final float[] terminations;

  /**
   * What one call flies: some plans of one problem, or all plans of some problems.
   *
   * @param problem the first problem
   * @param plan the first plan of it
   */
  record Piece(int problem, int problems, int plan, int plans) {}

  EnsembleRollout(EnsembleArchitecture architecture, RolloutRequest request) {
    this.architecture = architecture;
    this.request = request;
    order = architecture.realsThenAngles();
    width = architecture.targets() + (architecture.learnedTermination() ? 1 : 0);
    noisy = request.sampledNoise() && architecture.probabilistic();
    boolean expectation = request.propagation() == Propagation.EXPECTATION;
    particles = expectation && !noisy ? 1 : request.particles();
    decks =
        switch (request.propagation()) {
          case EXPECTATION -> 0;
          case TS_INFINITY -> 1;
          case TS1 -> request.horizon();
        };
    int widest = architecture.hidden().stream().mapToInt(Integer::intValue).max().orElse(1);
    int elites = architecture.elites().size();
    int transferred =
        request.horizon() * (width + architecture.states().size() + architecture.actionSize() + 3);
    maxRows =
        Math.max(
            1,
            Math.min(
                LAYER_FLOATS / (widest * (expectation ? elites : 1)),
                TRANSFER_FLOATS / transferred));
    int problems = request.problems();
    dealing = new RandomStream[problems];
    drawing = new RandomStream[noisy ? problems * request.plans() : 0];
    for (int g = 0; g < problems && (decks > 0 || noisy); g++) {
      dealing[g] = request.random()[g].split();
      RandomStream noise = request.random()[g].split();
      for (int p = 0; p < request.plans() && noisy; p++) {
        drawing[g * request.plans() + p] = noise.split();
      }
    }
    int steps = problems * request.plans() * request.particles() * request.horizon();
    states = new float[steps * architecture.states().size()];
    rewards = new float[architecture.learnedReward() ? steps : 0];
    terminations = new float[architecture.learnedTermination() ? steps : 0];
  }

  /**
   * Cuts the work into pieces of bounded size, at least one for each lane where there is enough:
   * several whole problems, or a part of one problem's plans.
   */
  List<Piece> pieces(int lanes) {
    int problems = request.problems();
    int plans = request.plans();
    int elites = architecture.elites().size();
    int rowsOfProblem = plans * particles;
    int share = (problems * rowsOfProblem + lanes - 1) / lanes;
    int rows = Math.min(maxRows, Math.max(1, share));
    List<Piece> pieces = new ArrayList<>();
    if (rowsOfProblem <= rows) {
      int atOnce = Math.min(maxRows / rowsOfProblem, (problems + lanes - 1) / lanes);
      for (int g = 0; g < problems; g += atOnce) {
        pieces.add(new Piece(g, Math.min(atOnce, problems - g), 0, plans));
      }
      return pieces;
    }
    // A multiple of E plans has whole hands of cards; where none are dealt, full vectors count.
    int unit = decks == 0 ? EnsembleColumns.PAD : particles * elites;
    int whole = rows / unit;
    boolean more = rows < maxRows && rows % unit != 0;
    int atOnce = Math.max(1, (more ? whole + 1 : whole) * unit / particles);
    for (int g = 0; g < problems; g++) {
      for (int p = 0; p < plans; p += atOnce) {
        pieces.add(new Piece(g, 1, p, Math.min(atOnce, plans - p)));
      }
    }
    return pieces;
  }

  /** Which member gets which row of a piece. */
  MemberDeal deal(Piece piece) {
    return new MemberDeal(
        architecture.elites().size(), piece.problems(), piece.plans() * particles, decks);
  }

  /**
   * Takes step {@code t} of a piece, shape [width, C], and copies it to all particles that are
   * alike. Pieces write to different places, so several threads may.
   */
  void take(Piece piece, EnsembleColumns layout, int t, float[] flown) {
    int horizon = request.horizon();
    int stateSize = order.length;
    int columns = layout.columns();
    int rows = piece.problems() * piece.plans() * particles;
    int firstRow = (piece.problem() * request.plans() + piece.plan()) * particles;
    int copies = request.particles() / particles;
    for (int row = 0; row < rows; row++) {
      int column = layout.column(row);
      for (int c = 0; c < copies; c++) {
        int step = ((firstRow + row) * copies + c) * horizon + t;
        for (int i = 0; i < stateSize; i++) {
          states[step * stateSize + order[i]] = flown[i * columns + column];
        }
        int at = stateSize * columns + column;
        if (rewards.length > 0) {
          rewards[step] = flown[at];
          at += columns;
        }
        if (terminations.length > 0) {
          terminations[step] = flown[at];
        }
      }
    }
  }

  Rollouts result() {
    return new Rollouts(
        states,
        architecture.learnedReward() ? rewards : null,
        architecture.learnedTermination() ? terminations : null);
  }
}
