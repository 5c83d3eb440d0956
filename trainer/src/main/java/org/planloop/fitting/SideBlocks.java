package org.planloop.fitting;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayView;

/** Reads a whole side in canonical order, block by block, with one block asked for ahead. */
public final class SideBlocks {
  private static final int ROWS = 4096;

  private SideBlocks() {}

  /** Blocks that hold so many rows. */
  static int count(int rows) {
    return rows / ROWS + (rows % ROWS == 0 ? 0 : 1);
  }

  /**
   * Hands all rows of a side to {@code use}, in order.
   *
   * @param use must not keep a block: it may be written to again
   * @throws java.util.concurrent.CompletionException if rows could not be had, or the thread is
   *     interrupted
   */
  public static void forEach(ReplayView data, Provenance side, Consumer<TransitionBatch> use) {
    forEach(data, side, 0, count(data.size(side)), use);
  }

  /** The same for some of the blocks: those from {@code first} to before {@code end}. */
  static void forEach(
      ReplayView data, Provenance side, int first, int end, Consumer<TransitionBatch> use) {
    if (first == end) {
      return;
    }
    TransitionBatch[] scratch = new TransitionBatch[2];
    CompletableFuture<TransitionBatch> asked = ask(data, side, first, scratch);
    for (int block = first; block < end; block++) {
      TransitionBatch rows = Answers.await(asked);
      if (block + 1 < end) {
        asked = ask(data, side, block + 1, scratch);
      }
      use.accept(rows);
    }
  }

  /** Asks for a block; in turn it may be written to the one or the other. */
  private static CompletableFuture<TransitionBatch> ask(
      ReplayView data, Provenance side, int block, TransitionBatch[] scratch) {
    int from = block * ROWS;
    int count = Math.min(ROWS, data.size(side) - from);
    TransitionBatch target = scratch[block % 2];
    if (target == null || target.size() != count) {
      target = TransitionBatch.allocate(count, data.stateSize(), data.actionSize());
      scratch[block % 2] = target;
    }
    return data.read(side, from, target);
  }

  /**
   * @throws FitException if a side that the mixture gives weight to is empty: a mixture never falls
   *     back to the other side
   */
  static void requireBoth(ReplayView data, double expertFraction) {
    require(data, Provenance.EXPERT, expertFraction);
    require(data, Provenance.LEARNER, 1 - expertFraction);
  }

  private static void require(ReplayView data, Provenance side, double share) {
    if (share > 0 && data.size(side) == 0) {
      throw new FitException(
          "the mixture gives the "
              + side.name().toLowerCase(Locale.ROOT)
              + " side a share of "
              + share
              + ", but it has no rows; collect or record some, or choose a strategy that does"
              + " without it");
    }
  }
}
