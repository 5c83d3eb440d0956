package org.planloop.jmh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.MixtureDraw;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.StoredView;
import org.planloop.storage.AtomicFolder;

/** Half-and-half batches of 256 out of 100,000 rows a side, 54 floats each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DrawBenchmark {
  private static final int BATCH = 256;
  private static final int CHUNKS = 196;

  private final RandomStream random = new RandomStream(1);
  private final MixtureDraw draw =
      new MixtureDraw(CHUNKS * Chunks.ROWS, CHUNKS * Chunks.ROWS, 0.5, BATCH);
  private final int[] batch = new int[BATCH];
  private final int[] half = new int[BATCH / 2];
  private final Path folder;
  private final ReplayStore store;
  private final StoredView view;

  /** Fills the replay files. */
  public DrawBenchmark() {
    try {
      folder = Files.createTempDirectory("planloop-jmh");
      store =
          ReplayStore.open(folder, new StoreIdentity("jmh", Chunks.STATE, Chunks.ACTION), 1 << 26);
      TransitionBatch rows = Chunks.random();
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        for (Provenance side : Provenance.values()) {
          store.append(new ChunkKey(new JobKey(side, 1, chunk, 0), 0), 1, 0, rows);
        }
      }
      store.commit();
      view = store.view(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes them. */
  @TearDown
  public void remove() throws IOException {
    store.close();
    AtomicFolder.delete(folder);
  }

  /** The indices of a batch. */
  @Benchmark
  public int nextBatch() {
    return draw.nextBatch(random, batch, 0);
  }

  /** The rows of half a batch, wherever they lie. */
  @Benchmark
  public TransitionBatch gatherHalf() {
    MixtureDraw.draw(random, CHUNKS * Chunks.ROWS, half, 0, half.length);
    return view.gather(Provenance.EXPERT, half).join();
  }
}
