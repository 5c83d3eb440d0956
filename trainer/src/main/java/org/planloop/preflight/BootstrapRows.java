package org.planloop.preflight;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayView;

/**
 * A bootstrap sample of both sides (Efron 1979): as many rows as there are, drawn uniformly with
 * replacement, each side from its own. What a model is fitted to in order to see how much it owes
 * to chance.
 */
final class BootstrapRows implements ReplayView {
  private final ReplayView data;
  private final int[] expert;
  private final int[] learner;

  /**
   * @param random consumed in an order that depends on the sizes alone
   */
  BootstrapRows(ReplayView data, RandomStream random) {
    this.data = data;
    this.expert = resampled(data.size(Provenance.EXPERT), random);
    this.learner = resampled(data.size(Provenance.LEARNER), random);
  }

  private static int[] resampled(int size, RandomStream random) {
    int[] rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = random.nextInt(size);
    }
    return rows;
  }

  private int[] rows(Provenance side) {
    return side == Provenance.EXPERT ? expert : learner;
  }

  @Override
  public int stateSize() {
    return data.stateSize();
  }

  @Override
  public int actionSize() {
    return data.actionSize();
  }

  @Override
  public int size(Provenance side) {
    return rows(side).length;
  }

  @Override
  public CompletableFuture<TransitionBatch> gather(Provenance side, int[] asked) {
    int[] drawn = rows(side);
    return data.gather(side, Arrays.stream(asked).map(row -> drawn[row]).toArray());
  }

  @Override
  public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
    return data.gather(side, Arrays.copyOfRange(rows(side), from, from + count));
  }
}
