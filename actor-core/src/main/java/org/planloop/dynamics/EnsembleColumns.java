package org.planloop.dynamics;

import java.util.Arrays;

/**
 * How the rows of a piece lie as columns of the script's matrices. With {@link
 * Propagation#TS_INFINITY} a row keeps its member, so it lies in its member's block from the start
 * and nothing is ever moved; else rows lie in their own order, padded to a number of columns that
 * matrix products like.
 */
final class EnsembleColumns {
  /** Products of a few dozen columns are up to a third slower where these do not fill a vector. */
  static final int PAD = 8;

  private final RolloutRequest request;
  private final EnsembleRollout.Piece piece;
  private final int particles;
  private final int[] order;
  private final int inputs;
  private final int[] cards;
  private final int rows;
  private final int columns;
  private final boolean inBlocks;

  /**
   * @param particles that are flown for each plan
   * @param deal who gets which member
   * @param mixes whether members are dealt anew at every step
   * @param cards what {@code deal} wrote
   * @param order the dimensions of the state in the script's order
   * @param inputs K, rows of the inputs
   */
  EnsembleColumns(
      RolloutRequest request,
      EnsembleRollout.Piece piece,
      int particles,
      MemberDeal deal,
      boolean mixes,
      int[] cards,
      int[] order,
      int inputs) {
    this.request = request;
    this.piece = piece;
    this.particles = particles;
    this.order = order;
    this.inputs = inputs;
    this.cards = cards;
    this.rows = piece.problems() * piece.plans() * particles;
    this.inBlocks = deal.deck() > 0 && !mixes;
    if (inBlocks) {
      columns = deal.deck();
    } else {
      columns = deal.deck() > 0 ? rows : (rows + PAD - 1) / PAD * PAD;
    }
  }

  /** C. */
  int columns() {
    return columns;
  }

  /** The column of a row. */
  int column(int row) {
    return inBlocks ? cards[columns + row] : row;
  }

  /** A row that a column holds; columns that hold none repeat row 0. */
  private int row(int column) {
    return inBlocks ? cards[column] : column < rows ? column : 0;
  }

  /**
   * Writes the inputs of all steps, shape [H + 1, K, C]: the start, the actions and the ones; the
   * script fills in the rest.
   */
  void write(float[] inputsOfSteps, int angles) {
    int horizon = request.horizon();
    int states = order.length;
    int actions = inputs - states - 2 * angles - 1;
    int step = inputs * columns;
    Arrays.fill(inputsOfSteps, 0, (horizon + 1) * step, 0);
    int firstPlan = piece.problem() * request.plans() + piece.plan();
    for (int c = 0; c < columns; c++) {
      int plan = row(c) / particles;
      int problem = piece.problem() + plan / piece.plans();
      for (int i = 0; i < states; i++) {
        inputsOfSteps[i * columns + c] = request.starts()[problem * states + order[i]];
      }
      int from = (firstPlan + plan) * horizon * actions;
      int to = (states + 2 * angles) * columns + c;
      for (int t = 0; t < horizon; t++) {
        for (int i = 0; i < actions; i++) {
          inputsOfSteps[to + t * step + i * columns] = request.actions()[from++];
        }
      }
    }
    int ones = (inputs - 1) * columns;
    for (int t = 0; t < horizon; t++) {
      Arrays.fill(inputsOfSteps, t * step + ones, t * step + ones + columns, 1);
    }
  }
}
