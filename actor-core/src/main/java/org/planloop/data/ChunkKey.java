package org.planloop.data;

/**
 * Names one chunk of a job's rows; a chunk that arrives twice is stored once.
 *
 * @param chunk index of the chunk within its job, from 0
 */
public record ChunkKey(JobKey job, int chunk) implements Comparable<ChunkKey> {
  public ChunkKey {
    if (chunk < 0) {
      throw new IllegalArgumentException("chunk must not be negative: " + chunk);
    }
  }

  @Override
  public int compareTo(ChunkKey other) {
    int byJob = job.compareTo(other.job);
    return byJob != 0 ? byJob : Integer.compare(chunk, other.chunk);
  }
}
