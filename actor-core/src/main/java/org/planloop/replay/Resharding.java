package org.planloop.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.protocol.RolloutJob;

/**
 * Lays a campaign's rows out for another number of shards.
 *
 * <p>Every chunk goes to the shard that its worker would send it to if the campaign had always had
 * that many ({@link RolloutJob#shardOf}), and goes there as it is: key, version, epoch, checksum.
 * So the new stores are those of a campaign that began with that many shards, and nothing has to be
 * known about where it stands. A job of the iteration under way that is flown again meets its own
 * chunks in the one shard that it is sent to, which drops them by their keys; one whose result was
 * kept is not flown, and has its rows; where the attempt is part of the key all attempts are there.
 * Taking over whole stores would be less work, and would leave such a job in two places.
 *
 * <p>The old stores are only read; the new ones are made in folders that nobody takes for stores
 * before they have been renamed, which is the caller's affair. Memory: about 150 bytes for each
 * chunk of the new stores, and one chunk. For one thread.
 */
public final class Resharding implements Closeable {
  private final int shards;
  private final SortedMap<Integer, Path> targets;
  private final long segmentBytes;
  private final SegmentFile.Disk disk;
  private final SortedMap<Integer, ReplayStore> stores = new TreeMap<>();

  /**
   * A store that was made.
   *
   * @param shard its number
   * @param expertRows rows that can be read of the expert's side
   * @param learnerRows and of the learner's
   */
  public record Made(int shard, Path folder, long expertRows, long learnerRows) {}

  /**
   * @param shards how many the campaign is to have
   * @param targets new folders of those of them that are made here, at least one, by their numbers
   * @param segmentBytes size at which a new segment file is begun
   */
  public Resharding(int shards, SortedMap<Integer, Path> targets, long segmentBytes) {
    this(shards, targets, segmentBytes, FileChannel::open);
  }

  Resharding(
      int shards, SortedMap<Integer, Path> targets, long segmentBytes, SegmentFile.Disk disk) {
    ReplaySettings.checkShards("shards", shards);
    if (targets.isEmpty() || targets.firstKey() < 0 || targets.lastKey() >= shards) {
      throw new IllegalArgumentException(shards + " shards, of which " + targets.keySet());
    }
    this.shards = shards;
    this.targets = new TreeMap<>(targets);
    this.segmentBytes = segmentBytes;
    this.disk = disk;
  }

  /**
   * Whether anything of an old shard goes to one that is made here. A job whose place is p has been
   * in shard p mod N and goes to shard p mod M; both are the same modulo gcd(N, M).
   *
   * @param number of the old shard
   * @param of N, how many there were
   */
  public boolean needs(int number, int of) {
    int common = gcd(of, shards);
    return targets.keySet().stream().anyMatch(target -> (target - number) % common == 0);
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * Takes over what belongs here of an old store. It must not change meanwhile: {@link
   * ReplayStore#hold}.
   *
   * @param source its folder
   * @param number of the old shard
   * @param of how many there were
   * @return where files end in a chunk that is torn, which was left out: on a sound disk it was
   *     never confirmed
   * @throws InvalidInputException if it is no store, another campaign's or another shard's, or
   *     damaged before the end of a file, naming the file
   */
  public List<StoreFlaw> take(Path source, int number, int of) throws IOException {
    StoreState state = StoreState.require(source);
    open(source, state.identity());
    for (ReplayStore store : stores.values()) {
      store.adopt(state);
    }
    List<StoreFlaw> torn = new ArrayList<>();
    try (StoredRows rows = new StoredRows(state.identity())) {
      for (Provenance side : Provenance.values()) {
        for (Path file : new SegmentNames(side).in(source)) {
          take(file, new SegmentHeader(state.identity(), side), number, of, rows)
              .ifPresent(torn::add);
        }
      }
    }
    return torn;
  }

  private void open(Path source, StoreIdentity identity) throws IOException {
    if (!stores.isEmpty()) {
      StoreIdentity first = stores.values().iterator().next().identity();
      if (!first.equals(identity)) {
        throw new InvalidInputException(
            source
                + ": holds "
                + described(identity)
                + ", the stores before it "
                + described(first)
                + "; name the shards of one campaign");
      }
      return;
    }
    for (Map.Entry<Integer, Path> target : targets.entrySet()) {
      stores.put(
          target.getKey(), ReplayStore.open(target.getValue(), identity, segmentBytes, disk));
    }
  }

  private static String described(StoreIdentity identity) {
    return "transitions of campaign "
        + identity.campaign()
        + " ("
        + identity.stateSize()
        + " state and "
        + identity.actionSize()
        + " action values)";
  }

  private Optional<StoreFlaw> take(
      Path file, SegmentHeader header, int number, int of, StoredRows rows) throws IOException {
    Optional<StoreFlaw> flaw;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      flaw =
          new SegmentScan(file, channel, header)
              .run(
                  true,
                  chunk -> {
                    requirePlace(chunk, number, of);
                    ReplayStore store = stores.get(RolloutJob.shardOf(chunk.key().job(), shards));
                    if (store != null) {
                      store.adopt(chunk, rows.bytes(chunk));
                    }
                  });
    }
    if (flaw.isPresent() && !flaw.get().tornEnd()) {
      throw new InvalidInputException(
          flaw.get()
              + "; copy the file back from a backup, or resume the run as it is, which sets the"
              + " damaged part aside");
    }
    for (ReplayStore store : stores.values()) {
      store.commit();
    }
    return flaw;
  }

  /** A store that is taken for another shard's would be missing elsewhere without a word. */
  private static void requirePlace(StoredChunk chunk, int number, int of) {
    JobKey job = chunk.key().job();
    int place = RolloutJob.shardOf(job, of);
    if (place != number) {
      throw new InvalidInputException(
          chunk.segment()
              + ": holds job "
              + job.job()
              + " of iteration "
              + job.iteration()
              + ", which belongs to shard "
              + place
              + " of "
              + of
              + ", and was taken for shard "
              + number
              + "; name each shard's folder once, in the order of their numbers");
    }
  }

  /** Closes the new stores; they are whole, and on disk. */
  public List<Made> finish() throws IOException {
    List<Made> made = new ArrayList<>();
    for (Map.Entry<Integer, Path> target : targets.entrySet()) {
      ReplayStore store = Objects.requireNonNull(stores.get(target.getKey()), "nothing was taken");
      made.add(
          new Made(
              target.getKey(),
              target.getValue(),
              store.rows(Provenance.EXPERT),
              store.rows(Provenance.LEARNER)));
    }
    close();
    return made;
  }

  @Override
  public void close() throws IOException {
    for (ReplayStore store : stores.values()) {
      store.close();
    }
    stores.clear();
  }
}
