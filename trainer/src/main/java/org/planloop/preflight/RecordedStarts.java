package org.planloop.preflight;

import java.util.ArrayList;
import java.util.List;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.fitting.SideBlocks;
import org.planloop.replay.ReplayView;

/**
 * Where episodes of a system that cannot be reset at will may start: the states that its recorded
 * episodes began in or, where none of those was kept, any recorded state.
 */
final class RecordedStarts {
  private RecordedStarts() {}

  /**
   * Draws starts with replacement.
   *
   * @return shape [count, S]
   * @throws IllegalStateException if there is no row at all
   */
  static double[] of(ReplayView rows, int count, RandomStream random) {
    List<float[]> first = new ArrayList<>();
    List<float[]> any = new ArrayList<>();
    for (Provenance side : Provenance.values()) {
      SideBlocks.forEach(
          rows,
          side,
          block -> {
            for (int row = 0; row < block.size(); row++) {
              (block.steps()[row] == 0 ? first : any).add(state(block, row));
            }
          });
    }
    List<float[]> among = first.isEmpty() ? any : first;
    if (among.isEmpty()) {
      throw new IllegalStateException("there is no recorded state to start from");
    }
    int width = rows.stateSize();
    double[] starts = new double[count * width];
    for (int i = 0; i < count; i++) {
      float[] drawn = among.get(random.nextInt(among.size()));
      for (int j = 0; j < width; j++) {
        starts[i * width + j] = drawn[j];
      }
    }
    return starts;
  }

  private static float[] state(TransitionBatch block, int row) {
    int width = block.stateSize();
    return java.util.Arrays.copyOfRange(block.states(), row * width, (row + 1) * width);
  }
}
