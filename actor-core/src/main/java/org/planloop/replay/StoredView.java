package org.planloop.replay;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;

/**
 * The jobs of a store up to an iteration, frozen: rows are read from the mapped files by their
 * index in canonical order (job key, row). Safe for use by several threads.
 */
public final class StoredView implements ReplayView {
  private final StoreIdentity identity;
  private final Map<Provenance, Side> sides;

  StoredView(StoreIdentity identity, Map<Provenance, Side> sides) {
    this.identity = identity;
    this.sides = new EnumMap<>(sides);
  }

  @Override
  public int stateSize() {
    return identity.stateSize();
  }

  @Override
  public int actionSize() {
    return identity.actionSize();
  }

  @Override
  public int size(Provenance side) {
    return side(side).rows();
  }

  /** The jobs of a side in canonical order. */
  public List<JobKey> jobs(Provenance side) {
    return side(side).jobs;
  }

  /**
   * The index of a job's first row.
   *
   * @param job index into {@link #jobs}, or their number for the end of the last
   */
  public int start(Provenance side, int job) {
    return side(side).jobStarts[job];
  }

  /** Completed when it is returned. */
  @Override
  public CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows) {
    return CompletableFuture.completedFuture(side(side).gather(rows));
  }

  /** Completed when it is returned. */
  @Override
  public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
    side(side).chunks.check(from, count);
    return read(side, from, TransitionBatch.allocate(count, stateSize(), actionSize()));
  }

  /** Completed when it is returned, with {@code scratch}. */
  @Override
  public CompletableFuture<TransitionBatch> read(
      Provenance side, int from, TransitionBatch scratch) {
    side(side).read(from, scratch);
    return CompletableFuture.completedFuture(scratch);
  }

  private Side side(Provenance provenance) {
    Side side = sides.get(provenance);
    if (side == null) {
      throw new IllegalStateException("no side " + provenance);
    }
    return side;
  }

  /** One side: where each of its chunks lies. */
  static final class Side {
    private static final int GROUP = 64;

    private final RowLayout layout;
    private final List<JobKey> jobs;
    private final int[] jobStarts;
    private final RowRanges chunks;
    private final int[] chunkWords;
    private final int[] chunkSegments;
    private final FloatBuffer[] floats;
    private final IntBuffer[] ints;

    private Side(RowLayout layout, List<JobKey> jobs, int[] jobStarts, List<JobIndex.Chunk> list)
        throws IOException {
      this.layout = layout;
      this.jobs = List.copyOf(jobs);
      this.jobStarts = jobStarts;
      int[] starts = new int[list.size() + 1];
      chunkWords = new int[list.size()];
      chunkSegments = new int[list.size()];
      Map<SegmentFile, Integer> numbers = new HashMap<>();
      List<SegmentFile.Mapping> mappings = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        JobIndex.Chunk chunk = list.get(i);
        Integer number = numbers.get(chunk.segment());
        if (number == null) {
          number = mappings.size();
          numbers.put(chunk.segment(), number);
          mappings.add(chunk.segment().mapped());
        }
        chunkSegments[i] = number;
        chunkWords[i] = chunk.word();
        starts[i + 1] = starts[i] + chunk.rows();
      }
      chunks = new RowRanges(starts);
      floats = mappings.stream().map(SegmentFile.Mapping::floats).toArray(FloatBuffer[]::new);
      ints = mappings.stream().map(SegmentFile.Mapping::ints).toArray(IntBuffer[]::new);
    }

    static Side freeze(RowLayout layout, JobIndex index, int maxIteration) throws IOException {
      List<JobKey> jobs = new ArrayList<>();
      List<JobIndex.Chunk> chunks = new ArrayList<>();
      int[] starts = new int[index.jobs().size() + 1];
      long rows = 0;
      for (Map.Entry<JobKey, JobIndex.Job> entry : index.jobs().entrySet()) {
        int jobRows = entry.getValue().rows();
        if (entry.getKey().iteration() <= maxIteration && jobRows > 0) {
          jobs.add(entry.getKey());
          chunks.addAll(entry.getValue().readable());
          rows += jobRows;
          if (rows > Integer.MAX_VALUE) {
            throw new IOException(
                "a view holds at most "
                    + Integer.MAX_VALUE
                    + " rows a side; set replay.capacity or add shards");
          }
          starts[jobs.size()] = (int) rows;
        }
      }
      return new Side(layout, jobs, Arrays.copyOf(starts, jobs.size() + 1), chunks);
    }

    int rows() {
      return chunks.rows();
    }

    /**
     * Rows lie anywhere, so memory is slow to answer. A first pass over a few of them reads their
     * tails: loads that do not wait for one another. The second finds the rest in the cache.
     */
    TransitionBatch gather(int[] rows) {
      TransitionBatch batch =
          TransitionBatch.allocate(rows.length, layout.stateSize(), layout.actionSize());
      int words = layout.words();
      int[] segments = new int[GROUP];
      int[] places = new int[GROUP];
      for (int group = 0; group < rows.length; group += GROUP) {
        int size = Math.min(GROUP, rows.length - group);
        for (int i = 0; i < size; i++) {
          int row = rows[group + i];
          int chunk = chunks.find(row);
          segments[i] = chunkSegments[chunk];
          places[i] = chunkWords[chunk] + (row - chunks.start(chunk)) * words;
          layout.readTail(ints[segments[i]], places[i], batch, group + i);
        }
        for (int i = 0; i < size; i++) {
          layout.readFloats(floats[segments[i]], places[i], batch, group + i);
        }
      }
      return batch;
    }

    /** Copies a few rows at once from the file, and from there, near by now, into their columns. */
    void read(int from, TransitionBatch batch) {
      int count = batch.size();
      chunks.check(from, count);
      int words = layout.words();
      float[] near = new float[Math.min(GROUP, count) * words];
      int done = 0;
      while (done < count) {
        int row = from + done;
        int chunk = chunks.find(row);
        int size = Math.min(Math.min(GROUP, count - done), chunks.start(chunk + 1) - row);
        int segment = chunkSegments[chunk];
        int word = chunkWords[chunk] + (row - chunks.start(chunk)) * words;
        floats[segment].get(word, near, 0, size * words);
        for (int i = 0; i < size; i++) {
          layout.readFloats(near, i * words, batch, done);
          layout.readTail(ints[segment], word + i * words, batch, done++);
        }
      }
    }
  }
}
