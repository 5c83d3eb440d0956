package org.planloop.replay;

import java.util.List;
import org.planloop.data.JobKey;

/**
 * What is stored of a job.
 *
 * @param chunks up to the first missing one, in order: those that are read
 * @param waiting how many are there beyond a missing one
 */
public record StoredJob(JobKey key, List<StoredChunk> chunks, int waiting) {
  public StoredJob {
    chunks = List.copyOf(chunks);
  }

  /** Rows that can be read. */
  public long rows() {
    return chunks.stream().mapToLong(StoredChunk::rows).sum();
  }
}
