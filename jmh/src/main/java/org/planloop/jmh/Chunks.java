package org.planloop.jmh;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;

/** Chunks of transitions as workers send them. */
final class Chunks {
  static final int ROWS = 512;
  static final int STATE = 23;
  static final int ACTION = 7;

  private Chunks() {}

  static TransitionBatch random() {
    TransitionBatch rows = TransitionBatch.allocate(ROWS, STATE, ACTION);
    RandomStream random = new RandomStream(1);
    for (float[] column :
        new float[][] {rows.states(), rows.actions(), rows.nextStates(), rows.rewards()}) {
      for (int i = 0; i < column.length; i++) {
        column[i] = (float) random.nextDouble(-1, 1);
      }
    }
    Arrays.setAll(rows.steps(), i -> i);
    return rows;
  }
}
