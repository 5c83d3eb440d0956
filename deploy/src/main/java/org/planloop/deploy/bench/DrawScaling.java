package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.planloop.data.RandomStream;
import org.planloop.fitting.ResidentDraw;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayView;
import org.planloop.storage.AtomicFolder;

/**
 * How half-and-half draws grow with what they are drawn from: replay files, and rows that a fit
 * holds in memory.
 */
final class DrawScaling {
  /** A cart-pole's row: 52 bytes on disk. */
  private static final int STATE = 4;

  private static final int ACTION = 1;
  private static final int ROW_BYTES = 4 * (2 * STATE + ACTION + 4);
  static final List<Integer> ROWS = List.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000);

  private final Stopwatch stopwatch;
  private final Path scratch;
  private final Consumer<String> progress;
  private final Consumer<String> say;

  DrawScaling(Stopwatch stopwatch, Path scratch, Consumer<String> progress, Consumer<String> say) {
    this.stopwatch = stopwatch;
    this.scratch = scratch;
    this.progress = progress;
    this.say = say;
  }

  /**
   * @param sizes rows of both sides together
   */
  ScalingCurve bufferSize(List<Integer> sizes) throws IOException {
    ScalingCurve curve =
        new ScalingCurve(
            "buffer",
            "rows drawn a second, half and half, batches of 256, by rows in the buffer",
            "rows of both sides",
            "million rows/s");
    for (int rows : sizes) {
      progress.accept("draws out of " + rows + " rows");
      long free = Files.getFileStore(scratch).getUsableSpace();
      if (free < 2L * ROW_BYTES * rows) {
        say.accept(
            String.format(
                Locale.ROOT,
                "draws out of %,d rows are left out: they take %,d MB on disk, and %s has %,d MB",
                rows,
                (long) ROW_BYTES * rows / 1_000_000,
                scratch,
                free / 1_000_000));
        break;
      }
      int chunks = Math.max(1, rows / (2 * RandomRows.CHUNK));
      Path folder = scratch.resolve("draw-" + rows);
      try (ReplayStore store = RandomRows.store(folder, STATE, ACTION, chunks)) {
        double drawn = (double) HalfAndHalf.BATCH * HalfAndHalf.BATCHES;
        double there = 2.0 * chunks * RandomRows.CHUNK;
        ReplayView view = store.view(1);
        double[] filed = stopwatch.time(new HalfAndHalf(view));
        curve.millions("from replay files", there, drawn, filed);
        curve.millions("from rows in memory", there, drawn, resident(view));
      }
      AtomicFolder.delete(folder);
    }
    return curve;
  }

  private double[] resident(ReplayView view) {
    try (ResidentDraw draw =
        new ResidentDraw(
            view, RandomRows.states(STATE), ACTION, 0.5, HalfAndHalf.BATCH, new RandomStream(1))) {
      return stopwatch.time(() -> draw.batches(HalfAndHalf.BATCHES));
    }
  }
}
