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

  /** Hands all rows of a side to {@code use}, in order. */
  public static void forEach(ReplayView data, Provenance side, Consumer<TransitionBatch> use) {
    int size = data.size(side);
    if (size == 0) {
      return;
    }
    CompletableFuture<TransitionBatch> asked = data.read(side, 0, Math.min(ROWS, size));
    for (int from = 0; from < size; from += ROWS) {
      TransitionBatch block = asked.join();
      int next = from + ROWS;
      if (next < size) {
        asked = data.read(side, next, Math.min(ROWS, size - next));
      }
      use.accept(block);
    }
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
