package org.planloop.replay;

import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;

/**
 * The transitions that a fit may read, each side in canonical order (job key, row). The sizes stay
 * fixed for the life of the view, whatever arrives meanwhile.
 */
public interface ReplayView {
  int stateSize();

  int actionSize();

  /** Rows of a side. */
  int size(Provenance side);

  /**
   * Asks for rows by their index in canonical order; the fit asks for the next block before it
   * needs it.
   *
   * @param rows indices from 0 to size - 1, in any order, repeats allowed
   * @return a batch with the rows in the order asked for
   */
  CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows);

  /** Asks for {@code count} rows from {@code from} on. */
  CompletableFuture<TransitionBatch> read(Provenance side, int from, int count);

  /**
   * Asks for as many rows from {@code from} on as {@code scratch} holds. A view that can, writes
   * them there instead of allocating a batch; until the answer is read, nobody else may use it.
   */
  default CompletableFuture<TransitionBatch> read(
      Provenance side, int from, TransitionBatch scratch) {
    return read(side, from, scratch.size());
  }
}
