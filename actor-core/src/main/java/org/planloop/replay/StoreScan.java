package org.planloop.replay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;

/**
 * What the files of a store hold, found without opening it: no lock is taken, nothing is moved or
 * cut, so a running campaign does not notice. Counts as {@link ReplayStore} does: a chunk that is
 * there twice counts once, jobs before the first kept one do not count, a job's rows are read up to
 * its first missing chunk. Takes about 150 bytes of memory a chunk; rows are not kept. Immutable.
 */
public final class StoreScan {
  private final Path folder;
  private final StoreState state;
  private final NavigableMap<JobKey, NavigableMap<Integer, StoredChunk>> jobs = new TreeMap<>();
  private final List<StoreFlaw> flaws = new ArrayList<>();
  private long chunks;
  private long evicted;
  private long duplicates;
  private long bytes;

  private StoreScan(Path folder, StoreState state) {
    this.folder = folder;
    this.state = state;
  }

  /**
   * Looks through a store.
   *
   * @param folder one that {@link ReplayFolders#stores} names
   * @param checksums whether to read every row and verify its chunk's checksum; else only headers
   *     are read
   * @throws org.planloop.data.InvalidInputException if the folder holds no store, a damaged
   *     description or a newer format, naming the file
   * @throws IOException if a file cannot be read
   */
  public static StoreScan of(Path folder, boolean checksums) throws IOException {
    StoreState state = StoreState.require(folder);
    StoreScan scan = new StoreScan(folder, state);
    for (Provenance side : Provenance.values()) {
      for (Path file : new SegmentNames(side).in(folder)) {
        scan.add(file, new SegmentHeader(state.identity(), side), checksums);
      }
    }
    return scan;
  }

  private void add(Path file, SegmentHeader header, boolean checksums) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SegmentScan scan = new SegmentScan(file, channel, header);
      bytes += scan.size();
      scan.run(checksums, this::add).ifPresent(flaws::add);
    } catch (NoSuchFileException e) {
      // A running store removes files that hold evicted jobs alone: then there is nothing to count.
      if (Files.exists(file)) {
        throw e;
      }
    }
  }

  private void add(StoredChunk chunk) {
    chunks++;
    JobKey job = chunk.key().job();
    JobKey first = state.firstKept().get(job.provenance());
    if (first != null && job.compareTo(first) < 0) {
      evicted++;
    } else if (jobs.computeIfAbsent(job, unused -> new TreeMap<>())
            .putIfAbsent(chunk.key().chunk(), chunk)
        != null) {
      duplicates++;
    }
  }

  /** The folder that was looked through. */
  public Path folder() {
    return folder;
  }

  /** Whose transitions these are. */
  public StoreIdentity identity() {
    return state.identity();
  }

  /** The epoch that holds the store; 0 before the first. */
  public long epoch() {
    return state.epoch();
  }

  /** The jobs that were not evicted, in canonical order. */
  public List<StoredJob> jobs() {
    List<StoredJob> all = new ArrayList<>(jobs.size());
    jobs.forEach(
        (key, stored) -> {
          List<StoredChunk> readable = new ArrayList<>();
          for (StoredChunk next = stored.get(0); next != null; next = stored.get(readable.size())) {
            readable.add(next);
          }
          all.add(new StoredJob(key, readable, stored.size() - readable.size()));
        });
    return all;
  }

  /** Where files stop making sense. */
  public List<StoreFlaw> flaws() {
    return List.copyOf(flaws);
  }

  /** Chunks in the files, evicted ones and duplicates included. */
  public long chunks() {
    return chunks;
  }

  /** Chunks of evicted jobs that are still in the files. */
  public long evicted() {
    return evicted;
  }

  /** Chunks that are there a second time. */
  public long duplicates() {
    return duplicates;
  }

  /** Size of the segment files. */
  public long bytes() {
    return bytes;
  }
}
