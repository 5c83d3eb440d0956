package org.planloop.replay;

import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;

/** Chunks whose rows say where they belong. */
public final class ReplaySamples {
  private ReplaySamples() {}

  public static ChunkKey key(Provenance side, int iteration, int job, int chunk) {
    return new ChunkKey(new JobKey(side, iteration, job, 0), chunk);
  }

  /** Rows that are a function of their key and number alone. */
  public static TransitionBatch rows(ChunkKey key, int count, int stateSize, int actionSize) {
    JobKey job = key.job();
    RandomStream random =
        RandomStream.of(
            job.attempt(),
            Purpose.COLLECT,
            job.iteration(),
            key.chunk(),
            job.provenance() + "/" + job.job());
    TransitionBatch rows = TransitionBatch.allocate(count, stateSize, actionSize);
    fill(random, rows.states());
    fill(random, rows.actions());
    fill(random, rows.nextStates());
    fill(random, rows.rewards());
    for (int i = 0; i < count; i++) {
      rows.episodes()[i] = key.job().job();
      rows.steps()[i] = key.chunk() * 1000 + i;
      rows.flags()[i] = (byte) random.nextInt(8);
    }
    return rows;
  }

  private static void fill(RandomStream random, float[] column) {
    for (int i = 0; i < column.length; i++) {
      column[i] = (float) random.nextGaussian();
    }
  }
}
