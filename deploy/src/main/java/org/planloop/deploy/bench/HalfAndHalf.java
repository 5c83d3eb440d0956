package org.planloop.deploy.bench;

import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.replay.MixtureDraw;
import org.planloop.replay.ReplayView;

/** Batches of which one half is the expert's, out of replay files, in process. */
final class HalfAndHalf implements Runnable {
  static final int BATCH = 256;
  static final int BATCHES = 40;

  private final ReplayView view;
  private final MixtureDraw draw;
  private final RandomStream random = new RandomStream(1);
  private final int[] drawn = new int[BATCH];
  private final int[] half = new int[BATCH / 2];

  HalfAndHalf(ReplayView view) {
    this.view = view;
    this.draw =
        new MixtureDraw(view.size(Provenance.EXPERT), view.size(Provenance.LEARNER), 0.5, BATCH);
  }

  /** Draws {@link #BATCHES} of them. */
  @Override
  public void run() {
    for (int i = 0; i < BATCHES; i++) {
      int expert = draw.nextBatch(random, drawn, 0);
      System.arraycopy(drawn, 0, half, 0, expert);
      view.gather(Provenance.EXPERT, half).join();
      System.arraycopy(drawn, expert, half, 0, BATCH - expert);
      view.gather(Provenance.LEARNER, half).join();
    }
  }
}
