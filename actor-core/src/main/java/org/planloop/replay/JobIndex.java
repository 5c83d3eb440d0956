package org.planloop.replay;

import java.util.Collection;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;

/**
 * Where the committed chunks of a side are, by job in canonical order. A job's rows can be read up
 * to its first missing chunk, so a row's place in its job never changes, in whatever order chunks
 * arrive.
 */
final class JobIndex {
  /** A committed chunk. */
  record Chunk(SegmentFile segment, int word, int rows) {}

  /** A job's chunks by their number. */
  static final class Job {
    private final NavigableMap<Integer, Chunk> chunks = new TreeMap<>();
    private int readableChunks;
    private int readableRows;

    /** Chunks before the first missing one, in order. */
    Collection<Chunk> readable() {
      return chunks.headMap(readableChunks).values();
    }

    /** All chunks, readable or not yet. */
    Collection<Chunk> all() {
      return chunks.values();
    }

    int rows() {
      return readableRows;
    }
  }

  private final NavigableMap<JobKey, Job> jobs = new TreeMap<>();
  private long rows;

  /** Jobs with their readable rows, in canonical order. */
  NavigableMap<JobKey, Job> jobs() {
    return jobs;
  }

  /** Readable rows. */
  long rows() {
    return rows;
  }

  boolean contains(ChunkKey key) {
    Job job = jobs.get(key.job());
    return job != null && job.chunks.containsKey(key.chunk());
  }

  /** Adds a committed chunk that is not there yet. */
  void add(ChunkKey key, Chunk chunk) {
    Job job = jobs.computeIfAbsent(key.job(), unused -> new Job());
    job.chunks.put(key.chunk(), chunk);
    for (Chunk next = job.chunks.get(job.readableChunks);
        next != null;
        next = job.chunks.get(job.readableChunks)) {
      job.readableChunks++;
      job.readableRows += next.rows();
      rows += next.rows();
    }
  }

  /** Forgets all jobs before {@code first}. */
  void removeBefore(JobKey first) {
    NavigableMap<JobKey, Job> old = jobs.headMap(first, false);
    for (Job job : old.values()) {
      rows -= job.rows();
    }
    old.clear();
  }
}
