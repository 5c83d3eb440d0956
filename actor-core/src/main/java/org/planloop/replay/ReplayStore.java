package org.planloop.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.planloop.data.ChunkKey;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.storage.FileLocks;

/**
 * The transitions of a campaign in a folder of append-only files: log and source of samples in one,
 * larger than memory if need be.
 *
 * <p>Each side has its own {@code expert-000001.segment}, ... A chunk of rows has a header with its
 * key and a CRC32C. Chunks are appended by {@link #append} and are on disk once {@link #commit} has
 * returned: it forces each file written to ({@code fdatasync}), once for however many chunks, and
 * only then do readers see them. When the store is opened the index is rebuilt from the headers and
 * every chunk is checked; a torn or corrupt chunk and what follows it in its file is moved to
 * {@code quarantine/} and reported, never used.
 *
 * <p>A store belongs to one campaign, one process at a time (a file lock), and one epoch of the
 * campaign: {@link #fence} takes it for a newer one for good. After an error while writing, what
 * was not committed is taken back; where even that fails, or a forced write did, the store refuses
 * everything until it is opened again.
 *
 * <p>For one thread; the views it gives are for any.
 */
public final class ReplayStore implements Closeable {
  private static final String LOCK_FILE = ".lock";

  private final Path folder;
  private final FileChannel lock;
  private final Map<Provenance, ReplaySide> sides = new EnumMap<>(Provenance.class);
  private StoreState state;
  private @Nullable String broken;

  /** What becomes of a chunk. */
  public enum Outcome {
    /** Written; on disk after the next commit. */
    APPENDED,
    /** Was there before, or has been evicted since. */
    DUPLICATE,
    /** Of an epoch that holds the store no longer. */
    OUTDATED
  }

  private ReplayStore(Path folder, FileChannel lock, StoreState state) {
    this.folder = folder;
    this.lock = lock;
    this.state = state;
  }

  /**
   * Opens a store, or makes one where the folder holds none.
   *
   * @param segmentBytes size at which a new segment file is begun, at most 2^30
   * @throws InvalidInputException if another process has it open, or it is another campaign's or of
   *     other widths
   * @throws IOException if the folder cannot be read or written
   */
  public static ReplayStore open(Path folder, StoreIdentity identity, long segmentBytes)
      throws IOException {
    return open(folder, identity, segmentBytes, FileChannel::open);
  }

  static ReplayStore open(
      Path folder, StoreIdentity identity, long segmentBytes, SegmentFile.Disk disk)
      throws IOException {
    Files.createDirectories(folder);
    FileChannel lock = lock(folder);
    ReplayStore store = null;
    try {
      StoreState found = StoreState.read(folder).orElse(null);
      if (found != null) {
        requireSame(folder, found.identity(), identity);
      }
      StoreState state = found != null ? found : new StoreState(identity, 0, Map.of());
      store = new ReplayStore(folder, lock, state);
      long newest = 0;
      for (Provenance side : Provenance.values()) {
        ReplaySide opened =
            ReplaySide.open(
                folder,
                new SegmentHeader(identity, side),
                segmentBytes,
                disk,
                state.firstKept().get(side));
        store.sides.put(side, opened);
        newest = Math.max(newest, opened.newestEpoch());
      }
      if (found == null) {
        store.state = state.withEpoch(newest);
        store.state.write(folder);
      }
      return store;
    } catch (IOException | RuntimeException e) {
      if (store != null) {
        store.close();
      }
      lock.close();
      throw e;
    }
  }

  /** Whether a folder holds a store, open or not. */
  public static boolean holdsStore(Path folder) {
    return Files.isRegularFile(folder.resolve(StoreState.FILE));
  }

  /**
   * Whose store a folder holds.
   *
   * @throws InvalidInputException if it holds none, or its description is damaged
   */
  public static StoreIdentity identityOf(Path folder) throws IOException {
    return StoreState.read(folder)
        .orElseThrow(
            () -> new InvalidInputException(folder + ": holds no replay files (no store.json)"))
        .identity();
  }

  /**
   * Keeps everybody else from opening the store of a folder, until what is returned is closed.
   * Nothing is read or changed.
   *
   * @throws InvalidInputException if somebody has it open
   */
  public static Closeable hold(Path folder) throws IOException {
    return lock(folder);
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (FileLocks.tryLock(channel).isPresent()) {
        return channel;
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new InvalidInputException(
        folder
            + ": two runs in one folder: another run has these replay files open; stop it or choose"
            + " another folder");
  }

  private static void requireSame(Path folder, StoreIdentity found, StoreIdentity wanted) {
    if (!found.campaign().equals(wanted.campaign())) {
      throw new InvalidInputException(
          folder
              + ": holds the transitions of campaign "
              + found.campaign()
              + ", this is "
              + wanted.campaign()
              + "; choose another folder");
    }
    if (!found.equals(wanted)) {
      throw new InvalidInputException(
          folder
              + ": holds transitions of "
              + found.stateSize()
              + " state and "
              + found.actionSize()
              + " action values, the experiment's have "
              + wanted.stateSize()
              + " and "
              + wanted.actionSize()
              + "; choose another folder or the experiment it was made with");
    }
  }

  /** Whose transitions these are. */
  public StoreIdentity identity() {
    return state.identity();
  }

  /** What was set aside when the store was opened. */
  public List<Quarantined> quarantined() {
    List<Quarantined> all = new ArrayList<>();
    sides.values().forEach(side -> all.addAll(side.quarantined()));
    return all;
  }

  /** The epoch that holds the store; 0 before the first. */
  public long epoch() {
    return state.epoch();
  }

  /**
   * Takes the store for an epoch; on disk when this returns. The current epoch may be taken again.
   *
   * @throws IllegalArgumentException if a newer epoch holds the store
   */
  public void fence(long epoch) throws IOException {
    if (epoch < state.epoch()) {
      throw new IllegalArgumentException(
          "epoch " + epoch + " is older than " + state.epoch() + ", which holds the store");
    }
    if (epoch > state.epoch()) {
      replaceState(state.withEpoch(epoch));
    }
  }

  private void replaceState(StoreState next) throws IOException {
    requireSound();
    next.write(folder);
    state = next;
  }

  /**
   * Writes a chunk. It is on disk, and readers see it, after the next {@link #commit}.
   *
   * @param policyVersion the snapshot that acted
   * @param rows at least one
   * @throws IllegalArgumentException if the rows have other widths, there are none, or the epoch is
   *     newer than the store's
   * @throws IOException if it cannot be written; everything since the last commit is then taken
   *     back
   */
  public Outcome append(ChunkKey key, int policyVersion, long epoch, TransitionBatch rows)
      throws IOException {
    requireSound();
    requireRows(key, epoch, rows);
    if (epoch < state.epoch()) {
      return Outcome.OUTDATED;
    }
    ReplaySide side = side(key.job().provenance());
    if (side.knows(key)) {
      return Outcome.DUPLICATE;
    }
    try {
      side.append(new ChunkHeader(key, policyVersion, epoch, rows.size()), rows);
      return Outcome.APPENDED;
    } catch (IOException e) {
      rollBack(e);
      throw new IOException(folder + ": a chunk could not be written: " + e.getMessage(), e);
    }
  }

  /**
   * Takes over a chunk of another store of the campaign, byte for byte. Of whatever epoch it is: it
   * was confirmed when that one held the store. On disk after the next {@link #commit}; where this
   * fails, the store is to be made anew.
   *
   * @param bytes header and rows, checked
   */
  Outcome adopt(StoredChunk chunk, ByteBuffer bytes) throws IOException {
    requireSound();
    ReplaySide side = side(chunk.key().job().provenance());
    if (side.knows(chunk.key())) {
      return Outcome.DUPLICATE;
    }
    side.append(chunk.key(), chunk.rows(), bytes);
    return Outcome.APPENDED;
  }

  /**
   * Takes over what another store of the campaign says besides its chunks: the epoch that holds it,
   * where that is newer, and which jobs were evicted. Evictions go to all shards alike, so one that
   * a store has not heard of holds for it too.
   */
  void adopt(StoreState other) throws IOException {
    fence(Math.max(state.epoch(), other.epoch()));
    for (JobKey first : other.firstKept().values()) {
      evictBefore(first);
    }
  }

  private void requireRows(ChunkKey key, long epoch, TransitionBatch rows) {
    StoreIdentity identity = state.identity();
    if (rows.stateSize() != identity.stateSize() || rows.actionSize() != identity.actionSize()) {
      throw new IllegalArgumentException(
          key
              + " has rows of "
              + rows.stateSize()
              + " state and "
              + rows.actionSize()
              + " action values, the store's have "
              + identity.stateSize()
              + " and "
              + identity.actionSize());
    }
    if (rows.size() < 1) {
      throw new IllegalArgumentException(key + " has no rows");
    }
    if (epoch > state.epoch()) {
      throw new IllegalArgumentException(
          key
              + " is of epoch "
              + epoch
              + ", but the store is held by "
              + state.epoch()
              + "; a campaign takes the store before its workers append");
    }
  }

  private void rollBack(IOException cause) {
    for (ReplaySide side : sides.values()) {
      try {
        side.rollBack();
      } catch (IOException e) {
        cause.addSuppressed(e);
        broken = "what was not committed could not be taken back: " + e.getMessage();
      }
    }
  }

  /**
   * Forces what was appended to disk and shows it to readers.
   *
   * @throws IOException if a file could not be forced; nothing since the last commit counts then,
   *     and the store must be opened again: what the disk holds is not known
   */
  public void commit() throws IOException {
    requireSound();
    try {
      for (ReplaySide side : sides.values()) {
        side.commit();
      }
    } catch (IOException e) {
      broken = "a commit failed: " + e.getMessage();
      throw new IOException(folder + ": a commit failed: " + e.getMessage(), e);
    }
  }

  /** Whether the store still takes rows; otherwise it must be opened again. */
  public boolean sound() {
    return broken == null;
  }

  private void requireSound() throws IOException {
    if (broken != null) {
      throw new IOException(folder + ": must be opened again, because " + broken);
    }
  }

  /**
   * The committed jobs up to an iteration, frozen.
   *
   * @param maxIteration the last iteration whose jobs belong to the view
   */
  public StoredView view(int maxIteration) throws IOException {
    Map<Provenance, StoredView.Side> frozen = new EnumMap<>(Provenance.class);
    for (Map.Entry<Provenance, ReplaySide> side : sides.entrySet()) {
      frozen.put(
          side.getKey(),
          StoredView.Side.freeze(identity().layout(), side.getValue().index(), maxIteration));
    }
    return new StoredView(identity(), frozen);
  }

  /**
   * Forgets all jobs of a side before {@code first}, for good, and removes the segment files that
   * hold nothing else. Views made before go on to see them. What was appended is committed.
   */
  public void evictBefore(JobKey first) throws IOException {
    ReplaySide side = side(first.provenance());
    JobKey before = side.firstKept();
    if (before != null && first.compareTo(before) <= 0) {
      return;
    }
    commit();
    replaceState(state.withFirstKept(first));
    side.evictBefore(first);
  }

  /** What of the files is on disk for good. */
  public StoreExtents extents() throws IOException {
    SortedMap<String, Long> lengths = new TreeMap<>();
    sides.values().forEach(side -> side.committed(lengths));
    return new StoreExtents(
        identity().campaign(),
        folder,
        Files.readAllBytes(folder.resolve(StoreState.FILE)),
        lengths);
  }

  /** Committed rows of a side that can be read. */
  public long rows(Provenance side) {
    return side(side).index().rows();
  }

  /** Chunks on disk, both sides. */
  public long chunks() {
    return sides.values().stream().mapToLong(ReplaySide::chunks).sum();
  }

  /** Size of the segment files. */
  public long bytes() {
    return sides.values().stream().mapToLong(ReplaySide::bytes).sum();
  }

  private ReplaySide side(Provenance provenance) {
    ReplaySide side = sides.get(provenance);
    if (side == null) {
      throw new IllegalStateException("the store is not open");
    }
    return side;
  }

  /** Closes the files without a commit. Views stay readable. */
  @Override
  public void close() throws IOException {
    try {
      for (ReplaySide side : sides.values()) {
        side.close();
      }
    } finally {
      lock.close();
    }
  }
}
