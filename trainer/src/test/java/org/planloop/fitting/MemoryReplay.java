package org.planloop.fitting;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayView;

/** A replay view over two batches in memory that remembers which rows were asked for. */
record MemoryReplay(TransitionBatch expert, TransitionBatch learner, List<Integer> gathered)
    implements ReplayView {
  MemoryReplay(TransitionBatch expert, TransitionBatch learner) {
    this(expert, learner, new ArrayList<>());
  }

  private TransitionBatch side(Provenance side) {
    return side == Provenance.EXPERT ? expert : learner;
  }

  @Override
  public int stateSize() {
    return expert.stateSize();
  }

  @Override
  public int actionSize() {
    return expert.actionSize();
  }

  @Override
  public int size(Provenance side) {
    return side(side).size();
  }

  @Override
  public CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows) {
    TransitionBatch source = side(side);
    TransitionBatch result =
        TransitionBatch.allocate(rows.length, source.stateSize(), source.actionSize());
    for (int i = 0; i < rows.length; i++) {
      result.copyRows(source, rows[i], i, 1);
    }
    gathered.add(rows.length);
    return CompletableFuture.completedFuture(result);
  }

  @Override
  public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
    return CompletableFuture.completedFuture(side(side).slice(from, from + count));
  }
}
