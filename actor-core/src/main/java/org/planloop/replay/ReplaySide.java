package org.planloop.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.TransitionBatch;
import org.planloop.storage.AtomicFile;

/** The segment files of one provenance and the index over them. For one thread. */
final class ReplaySide implements Closeable {
  private final Path folder;
  private final SegmentHeader header;
  private final RowLayout layout;
  private final long segmentBytes;
  private final SegmentFile.Disk disk;
  private final JobIndex index = new JobIndex();
  private final List<SegmentFile> segments = new ArrayList<>();
  private final List<Quarantined> quarantined = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();
  private final Set<ChunkKey> pendingKeys = new HashSet<>();
  private ByteBuffer scratch = ByteBuffer.allocateDirect(0);
  private @Nullable JobKey firstKept;
  private int nextNumber = 1;
  private long chunks;
  private long newestEpoch;

  /** A chunk that is written, but not committed. */
  private record Pending(ChunkKey key, JobIndex.Chunk chunk) {}

  private ReplaySide(Path folder, SegmentHeader header, long segmentBytes, SegmentFile.Disk disk) {
    this.folder = folder;
    this.header = header;
    this.layout = header.identity().layout();
    this.segmentBytes = segmentBytes;
    this.disk = disk;
  }

  /**
   * Opens the files of a side: every chunk is checked, what is torn or bad is set aside.
   *
   * @param firstKept jobs before it were evicted
   */
  static ReplaySide open(
      Path folder,
      SegmentHeader header,
      long segmentBytes,
      SegmentFile.Disk disk,
      @Nullable JobKey firstKept)
      throws IOException {
    ReplaySide side = new ReplaySide(folder, header, segmentBytes, disk);
    side.firstKept = firstKept;
    SegmentNames names = new SegmentNames(header.side());
    try {
      for (Path file : names.in(folder)) {
        side.nextNumber = names.numberOf(file) + 1;
        side.load(file);
      }
    } catch (IOException | RuntimeException e) {
      side.close();
      throw new IOException(
          "replay files " + folder + "/" + names.prefix() + "*: " + e.getMessage(), e);
    }
    return side;
  }

  private void load(Path file) throws IOException {
    SegmentFile segment = SegmentFile.open(file, disk);
    segments.add(segment);
    if (segment.size() > Integer.MAX_VALUE) {
      setAsideWhole(segment, "the file is longer than any segment");
      return;
    }
    ByteBuffer bytes = segment.mapped().bytes();
    String problem = header.problemOf(bytes);
    if (!problem.isEmpty()) {
      setAsideWhole(segment, problem);
      return;
    }
    int offset = SegmentHeader.BYTES;
    while (offset < bytes.limit()) {
      ChunkHeader.Found found = ChunkHeader.read(bytes, offset, header.side(), layout.bytes());
      ChunkHeader chunk = found.header();
      if (chunk == null) {
        setAsideRest(segment, offset, found.problem());
        return;
      }
      newestEpoch = Math.max(newestEpoch, chunk.epoch());
      add(chunk.key(), chunkAt(segment, offset, chunk.count()));
      offset += ChunkHeader.BYTES + chunk.count() * layout.bytes();
    }
  }

  private static JobIndex.Chunk chunkAt(SegmentFile segment, long offset, int rows) {
    return new JobIndex.Chunk(
        segment, Math.toIntExact((offset + ChunkHeader.BYTES) / Integer.BYTES), rows);
  }

  private void setAsideWhole(SegmentFile segment, String reason) throws IOException {
    segments.remove(segment);
    segment.close();
    Path target = quarantineFile(segment.path(), 0);
    Files.move(segment.path(), target, StandardCopyOption.REPLACE_EXISTING);
    AtomicFile.force(folder);
    quarantined.add(new Quarantined(segment.path(), 0, segment.size(), reason, target));
  }

  /** Copies what follows an offset to a file of its own, and only then cuts it off. */
  private void setAsideRest(SegmentFile segment, int offset, String reason) throws IOException {
    Path target = quarantineFile(segment.path(), offset);
    ByteBuffer rest = segment.mapped().bytes().duplicate().position(offset).slice();
    long size = rest.remaining();
    try (FileChannel copy =
        FileChannel.open(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      while (rest.hasRemaining()) {
        copy.write(rest);
      }
      copy.force(true);
    }
    segment.truncate(offset);
    quarantined.add(new Quarantined(segment.path(), offset, size, reason, target));
  }

  private Path quarantineFile(Path segment, long offset) throws IOException {
    Path quarantine = Files.createDirectories(folder.resolve(QuarantinedPart.FOLDER));
    return quarantine.resolve(segment.getFileName() + "." + offset);
  }

  private void add(ChunkKey key, JobIndex.Chunk chunk) {
    chunks++;
    if (!isEvicted(key.job()) && !index.contains(key)) {
      index.add(key, chunk);
    }
  }

  private boolean isEvicted(JobKey job) {
    return firstKept != null && job.compareTo(firstKept) < 0;
  }

  /** Whether a chunk is there or was evicted: then it is not to be stored again. */
  boolean knows(ChunkKey key) {
    return index.contains(key) || pendingKeys.contains(key) || isEvicted(key.job());
  }

  /** Writes a chunk; it counts from the next {@link #commit} on. */
  void append(ChunkHeader chunk, TransitionBatch rows) throws IOException {
    int size = Math.addExact(ChunkHeader.BYTES, Math.multiplyExact(rows.size(), layout.bytes()));
    ByteBuffer bytes = scratch(size);
    layout.write(rows, bytes.position(ChunkHeader.BYTES));
    chunk.write(bytes, layout.bytes());
    append(chunk.key(), rows.size(), bytes.rewind());
  }

  /**
   * The same of a chunk that is there as bytes.
   *
   * @param bytes header and rows, from the position to the limit
   */
  void append(ChunkKey key, int rows, ByteBuffer bytes) throws IOException {
    SegmentFile segment = writable(bytes.remaining());
    long offset = segment.size();
    segment.write(bytes);
    pending.add(new Pending(key, chunkAt(segment, offset, rows)));
    pendingKeys.add(key);
  }

  private ByteBuffer scratch(int size) {
    if (scratch.capacity() < size) {
      scratch = ByteBuffer.allocateDirect(size);
    }
    return scratch.clear().limit(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The newest segment, or a new one where the chunk would make it too long. */
  private SegmentFile writable(int size) throws IOException {
    if (!segments.isEmpty()) {
      SegmentFile newest = segments.get(segments.size() - 1);
      if (newest.size() == SegmentHeader.BYTES || newest.size() + size <= segmentBytes) {
        return newest;
      }
    }
    Path path = folder.resolve(new SegmentNames(header.side()).of(nextNumber));
    SegmentFile created = SegmentFile.create(path, header, disk);
    AtomicFile.force(folder);
    nextNumber++;
    segments.add(created);
    return created;
  }

  /** Forces what was appended to disk and shows it to readers. */
  void commit() throws IOException {
    for (SegmentFile segment : written()) {
      segment.commit();
    }
    pending.forEach(chunk -> add(chunk.key(), chunk.chunk()));
    forgetPending();
  }

  /** Takes back what was appended since the last commit. */
  void rollBack() throws IOException {
    Set<SegmentFile> written = written();
    if (!segments.isEmpty()) {
      // The chunk that failed has no entry, but part of it may be in the newest file.
      written.add(segments.get(segments.size() - 1));
    }
    forgetPending();
    for (SegmentFile segment : written) {
      segment.rollBack();
    }
  }

  private Set<SegmentFile> written() {
    Set<SegmentFile> written = new LinkedHashSet<>();
    pending.forEach(chunk -> written.add(chunk.chunk().segment()));
    return written;
  }

  private void forgetPending() {
    pending.clear();
    pendingKeys.clear();
  }

  /**
   * Forgets jobs before {@code first} and removes the files that hold nothing else. Nothing may be
   * pending.
   */
  void evictBefore(JobKey first) throws IOException {
    firstKept = first;
    index.removeBefore(first);
    Set<SegmentFile> needed = new HashSet<>();
    index.jobs().values().forEach(job -> job.all().forEach(c -> needed.add(c.segment())));
    for (SegmentFile segment : List.copyOf(segments)) {
      boolean newest = segment == segments.get(segments.size() - 1);
      if (!newest && !needed.contains(segment)) {
        segments.remove(segment);
        segment.delete();
      }
    }
  }

  @Nullable JobKey firstKept() {
    return firstKept;
  }

  JobIndex index() {
    return index;
  }

  List<Quarantined> quarantined() {
    return List.copyOf(quarantined);
  }

  /** Chunks found on disk and committed since. */
  long chunks() {
    return chunks;
  }

  /** Adds the files' names and committed bytes. */
  void committed(Map<String, Long> lengths) {
    segments.forEach(
        segment -> lengths.put(String.valueOf(segment.path().getFileName()), segment.committed()));
  }

  /** Size of the files. */
  long bytes() {
    return segments.stream().mapToLong(SegmentFile::size).sum();
  }

  /** The newest epoch that a chunk on disk was written in. */
  long newestEpoch() {
    return newestEpoch;
  }

  @Override
  public void close() throws IOException {
    for (SegmentFile segment : segments) {
      segment.close();
    }
  }
}
