package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.StateSpace;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;

/** Replay files full of random transitions. */
final class RandomRows {
  static final int CHUNK = 512;
  private static final long SEGMENT_BYTES = 1 << 26;

  private RandomRows() {}

  static TransitionBatch chunk(int stateSize, int actionSize, RandomStream random) {
    TransitionBatch batch = TransitionBatch.allocate(CHUNK, stateSize, actionSize);
    fill(batch.states(), random);
    fill(batch.actions(), random);
    fill(batch.nextStates(), random);
    fill(batch.rewards(), random);
    for (int i = 0; i < CHUNK; i++) {
      batch.steps()[i] = i;
    }
    return batch;
  }

  /** States without a meaning: s0, s1 and so on. */
  static StateSpace states(int size) {
    String[] names = new String[size];
    Arrays.setAll(names, i -> "s" + i);
    return StateSpace.of(names);
  }

  private static void fill(float[] values, RandomStream random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
  }

  static ChunkKey key(Provenance side, int job) {
    return new ChunkKey(new JobKey(side, 1, job, 0), 0);
  }

  /** A store with this many chunks on either side. */
  static ReplayStore store(Path folder, int stateSize, int actionSize, int chunks)
      throws IOException {
    ReplayStore store =
        ReplayStore.open(folder, new StoreIdentity("bench", stateSize, actionSize), SEGMENT_BYTES);
    TransitionBatch rows = chunk(stateSize, actionSize, new RandomStream(1));
    for (int i = 0; i < chunks; i++) {
      for (Provenance side : Provenance.values()) {
        store.append(key(side, i), 1, store.epoch(), rows);
      }
    }
    store.commit();
    return store;
  }
}
