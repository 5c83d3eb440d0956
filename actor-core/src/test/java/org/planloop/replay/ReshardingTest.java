package org.planloop.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.planloop.data.Provenance.EXPERT;
import static org.planloop.data.Provenance.LEARNER;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.ChunkKey;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.protocol.RolloutJob;
import org.planloop.storage.UnfinishedFolder;

/** A campaign's rows laid out for another number of shards. */
class ReshardingTest {
  private static final StoreIdentity IDENTITY = new StoreIdentity("c1", 2, 1);
  private static final int RESCUES = 1 << 30;

  /** Small enough that every third chunk begins a new file. */
  private static final long SEGMENT = 1024;

  @TempDir private Path temporary;

  /** A chunk as a store has it. */
  private record Row(int policyVersion, long epoch, int rows) {}

  /**
   * Three iterations, the last under way: a job without its second chunk, one with two attempts.
   */
  private static NavigableMap<ChunkKey, Row> flown() {
    NavigableMap<ChunkKey, Row> chunks = new TreeMap<>();
    for (int job = 0; job < 3; job++) {
      chunks.put(ReplaySamples.key(EXPERT, 0, job, 0), new Row(0, 1, 4));
    }
    for (int iteration = 1; iteration <= 3; iteration++) {
      for (int job = 0; job < 5; job++) {
        for (int chunk = 0; chunk < 3; chunk++) {
          chunks.put(
              ReplaySamples.key(LEARNER, iteration, job, chunk),
              new Row(iteration, iteration, 2 + chunk));
        }
      }
    }
    chunks.remove(ReplaySamples.key(LEARNER, 3, 4, 1));
    chunks.put(new ChunkKey(new JobKey(LEARNER, 3, 2, 1), 0), new Row(3, 4, 5));
    chunks.put(ReplaySamples.key(EXPERT, 2, RESCUES + 1, 0), new Row(2, 2, 1));
    return chunks;
  }

  /** The stores of a campaign that has always had so many shards. */
  private List<Path> stores(String name, int shards, NavigableMap<ChunkKey, Row> chunks)
      throws IOException {
    List<Path> folders = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      Path folder = temporary.resolve(name).resolve("shard-" + shard);
      folders.add(folder);
      try (ReplayStore store = ReplayStore.open(folder, IDENTITY, SEGMENT)) {
        for (long epoch = 1; epoch <= 4; epoch++) {
          store.fence(epoch);
          for (Map.Entry<ChunkKey, Row> chunk : chunks.entrySet()) {
            Row row = chunk.getValue();
            if (row.epoch() == epoch && RolloutJob.shardOf(chunk.getKey().job(), shards) == shard) {
              store.append(
                  chunk.getKey(),
                  row.policyVersion(),
                  epoch,
                  ReplaySamples.rows(chunk.getKey(), row.rows(), 2, 1));
            }
          }
        }
        store.commit();
      }
    }
    return folders;
  }

  private static SortedMap<Integer, Path> targets(Path folder, int shards) {
    SortedMap<Integer, Path> targets = new TreeMap<>();
    for (int i = 0; i < shards; i++) {
      targets.put(i, folder.resolve("shard-" + i));
    }
    return targets;
  }

  private List<Path> resharded(List<Path> from, int shards, String name) throws IOException {
    SortedMap<Integer, Path> targets = targets(temporary.resolve(name), shards);
    try (Resharding resharding = new Resharding(shards, targets, SEGMENT)) {
      for (int i = 0; i < from.size(); i++) {
        assertThat(resharding.take(from.get(i), i, from.size())).isEmpty();
      }
      resharding.finish();
    }
    return List.copyOf(targets.values());
  }

  /** What a store holds, checked to the last byte. */
  private static NavigableMap<ChunkKey, Row> chunks(Path store) throws IOException {
    NavigableMap<ChunkKey, Row> chunks = new TreeMap<>();
    StoreScan scan = StoreScan.of(store, true);
    assertThat(scan.flaws()).isEmpty();
    assertThat(scan.duplicates()).isZero();
    StoreState state = StoreState.require(store);
    for (Provenance side : Provenance.values()) {
      for (Path file : new SegmentNames(side).in(store)) {
        try (FileChannel channel = FileChannel.open(file);
            StoredRows rows = new StoredRows(IDENTITY)) {
          new SegmentScan(file, channel, new SegmentHeader(state.identity(), side))
              .run(
                  true,
                  chunk -> {
                    assertThat(rows.read(chunk))
                        .isEqualTo(ReplaySamples.rows(chunk.key(), chunk.rows(), 2, 1));
                    chunks.put(
                        chunk.key(), new Row(chunk.policyVersion(), chunk.epoch(), chunk.rows()));
                  });
        }
      }
    }
    return chunks;
  }

  private static void assertSame(List<Path> made, List<Path> expected) throws IOException {
    assertThat(made).hasSameSizeAs(expected);
    for (int i = 0; i < made.size(); i++) {
      assertThat(chunks(made.get(i))).isEqualTo(chunks(expected.get(i)));
      assertThat(StoreState.require(made.get(i))).isEqualTo(StoreState.require(expected.get(i)));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,3", "3,1", "2,3", "3,2", "2,4", "4,2", "6,4", "1,1", "3,7"})
  void theStoresAreThoseOfACampaignThatHasAlwaysHadAsManyShards(int before, int after)
      throws IOException {
    List<Path> old = stores("old", before, flown());
    assertSame(resharded(old, after, "made"), stores("expected", after, flown()));
    assertSame(old, stores("untouched", before, flown()));
  }

  @ParameterizedTest
  @CsvSource({"1,3", "3,1", "2,3", "3,2", "2,4", "4,2", "6,4"})
  void eachShardCanBeMadeAloneFromTheFewThatItNeeds(int before, int after) throws IOException {
    List<Path> old = stores("old", before, flown());
    List<Path> expected = stores("expected", after, flown());
    for (int shard = 0; shard < after; shard++) {
      Path target = temporary.resolve("alone").resolve("shard-" + shard);
      try (Resharding resharding =
          new Resharding(after, new TreeMap<>(Map.of(shard, target)), SEGMENT)) {
        int taken = 0;
        for (int i = 0; i < before; i++) {
          if (resharding.needs(i, before)) {
            resharding.take(old.get(i), i, before);
            taken++;
          }
        }
        assertThat(taken).isBetween(1, before % after == 0 ? before / after : before);
        resharding.finish();
      }
      assertSame(List.of(target), List.of(expected.get(shard)));
    }
  }

  /** Sent again to where its worker sends it, a chunk that was there is known; others are taken. */
  @Test
  void aJobUnderWayMeetsItsOwnChunksWhereItIsSent() throws IOException {
    List<Path> made = resharded(stores("old", 2, flown()), 3, "made");
    for (int chunk = 0; chunk < 3; chunk++) {
      ChunkKey key = ReplaySamples.key(LEARNER, 3, 4, chunk);
      Path home = made.get(RolloutJob.shardOf(key.job(), 3));
      try (ReplayStore store = ReplayStore.open(home, IDENTITY, SEGMENT)) {
        store.fence(5);
        assertThat(store.append(key, 3, 5, ReplaySamples.rows(key, 2 + chunk, 2, 1)))
            .isEqualTo(chunk == 1 ? ReplayStore.Outcome.APPENDED : ReplayStore.Outcome.DUPLICATE);
        store.commit();
      }
    }
  }

  @Test
  void theNewestEpochHoldsWhateverWasMadeOfItsShard() throws IOException {
    List<Path> old = stores("old", 2, flown());
    try (ReplayStore store = ReplayStore.open(old.get(1), IDENTITY, SEGMENT)) {
      store.fence(9);
    }
    for (Path made : resharded(old, 3, "made")) {
      ChunkKey key = ReplaySamples.key(LEARNER, 9, 0, 0);
      try (ReplayStore store = ReplayStore.open(made, IDENTITY, SEGMENT)) {
        assertThat(store.epoch()).isEqualTo(9);
        assertThat(store.append(key, 9, 8, ReplaySamples.rows(key, 1, 2, 1)))
            .isEqualTo(ReplayStore.Outcome.OUTDATED);
      }
    }
  }

  /** One of two shards had not heard of an eviction yet. */
  @Test
  void whatWasEvictedOfOneShardIsEvictedOfAll() throws IOException {
    List<Path> old = stores("old", 2, flown());
    JobKey first = new JobKey(LEARNER, 2, 3, 0);
    try (ReplayStore store = ReplayStore.open(old.get(1), IDENTITY, SEGMENT)) {
      store.evictBefore(first);
    }
    Path made = resharded(old, 1, "made").get(0);
    assertThat(StoreScan.of(made, true).jobs())
        .extracting(StoredJob::key)
        .filteredOn(key -> key.provenance() == LEARNER)
        .isNotEmpty()
        .allMatch(key -> key.compareTo(first) >= 0);
    try (ReplayStore store = ReplayStore.open(made, IDENTITY, SEGMENT)) {
      ChunkKey gone = ReplaySamples.key(LEARNER, 1, 0, 0);
      assertThat(store.append(gone, 1, store.epoch(), ReplaySamples.rows(gone, 2, 2, 1)))
          .isEqualTo(ReplayStore.Outcome.DUPLICATE);
    }
  }

  private static void change(Path file, long at, boolean cut) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (cut) {
        channel.truncate(at);
      } else {
        ByteBuffer one = ByteBuffer.allocate(1);
        channel.read(one, at);
        channel.write(one.put(0, (byte) ~one.get(0)).rewind(), at);
      }
    }
  }

  @Test
  void aTornEndIsLeftOutAndToldOf() throws IOException {
    List<Path> old = stores("old", 1, flown());
    List<Path> files = new SegmentNames(LEARNER).in(old.get(0));
    Path last = files.get(files.size() - 1);
    change(last, Files.size(last) - 3, true);
    SortedMap<Integer, Path> targets = targets(temporary.resolve("made"), 2);
    try (Resharding resharding = new Resharding(2, targets, SEGMENT)) {
      assertThat(resharding.take(old.get(0), 0, 1))
          .singleElement()
          .satisfies(flaw -> assertThat(flaw.segment()).isEqualTo(last));
      resharding.finish();
    }
    int chunks = 0;
    for (Path made : targets.values()) {
      chunks += chunks(made).size();
    }
    assertThat(chunks).isEqualTo(flown().size() - 1);
  }

  private void assertRefused(List<Path> old, String... texts) {
    SortedMap<Integer, Path> targets = targets(temporary.resolve("refused"), 2);
    assertThatThrownBy(
            () -> {
              try (Resharding resharding = new Resharding(2, targets, SEGMENT)) {
                for (int i = 0; i < old.size(); i++) {
                  resharding.take(old.get(i), i, old.size());
                }
              }
            })
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(texts);
  }

  @Test
  void damageIsRefusedWithItsFile() throws IOException {
    List<Path> old = stores("old", 1, flown());
    Path file = old.get(0).resolve("learner-000002.segment");
    change(file, 300, false);
    assertRefused(old, file + ": ", "whole chunks", "backup");
  }

  @Test
  void aDamagedHeaderIsRefusedWithItsFile() throws IOException {
    List<Path> old = stores("old", 1, flown());
    Path file = old.get(0).resolve("expert-000001.segment");
    change(file, 20, false);
    assertRefused(old, file + ": ", "header");
  }

  @Test
  void aDescriptionThatIsGoneOrDamagedIsRefused() throws IOException {
    List<Path> old = stores("old", 1, flown());
    Path file = old.get(0).resolve("store.json");
    change(file, 30, false);
    assertRefused(old, file + ": is damaged");
    Files.delete(file);
    assertRefused(old, old.get(0) + ": has no store.json");
  }

  @Test
  void anotherCampaignsStoreIsRefused() throws IOException {
    List<Path> old = new ArrayList<>(stores("old", 2, flown()));
    Path other = temporary.resolve("other");
    ReplayStore.open(other, new StoreIdentity("c2", 2, 1), SEGMENT).close();
    old.set(1, other);
    assertRefused(old, other + ": holds transitions of campaign c2", "c1");
  }

  @Test
  void aShardThatIsNamedTwiceOrInTheWrongPlaceIsRefused() throws IOException {
    List<Path> old = stores("old", 3, flown());
    assertRefused(
        List.of(old.get(0), old.get(2), old.get(1)), old.get(2) + "/", "belongs to shard 2 of 3");
    assertRefused(
        List.of(old.get(0), old.get(0), old.get(2)), old.get(0) + "/", "belongs to shard 0 of 3");
  }

  @Test
  void numbersThatNoCampaignHasAreRefused() {
    for (int shards : List.of(-1, 0, 1025)) {
      assertThatThrownBy(() -> new Resharding(shards, new TreeMap<>(), SEGMENT))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("shards = " + shards, "from 1 to 1024");
    }
  }

  /** The process is gone. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void killedAtAnyWriteItLeavesNothingThatLooksWholeAndTheNextAttemptEndsWell() throws IOException {
    List<Path> old = stores("old", 2, flown());
    List<Path> expected = stores("expected", 3, flown());
    Path target = temporary.resolve("target");
    boolean killed = true;
    int writes = 0;
    for (; killed; writes++) {
      AtomicInteger left = new AtomicInteger(writes);
      FailingDisk disk = new FailingDisk();
      disk.beforeWrite =
          () -> {
            if (left.getAndDecrement() == 0) {
              throw new Killed();
            }
          };
      killed = !made(old, target, disk);
      assertThat(Files.exists(target)).isEqualTo(!killed);
    }
    assertThat(writes).isGreaterThan(flown().size());
    assertSame(List.copyOf(targets(target, 3).values()), expected);
  }

  /** Nothing is cleaned up where the process is killed. */
  private static boolean made(List<Path> old, Path target, FailingDisk disk) throws IOException {
    UnfinishedFolder folder = new UnfinishedFolder("--out", target);
    Resharding resharding = new Resharding(3, targets(folder.path(), 3), SEGMENT, disk);
    try {
      for (int i = 0; i < old.size(); i++) {
        resharding.take(old.get(i), i, old.size());
      }
      resharding.finish();
      folder.finish();
      return true;
    } catch (Killed e) {
      resharding.close(); // The system closes its files.
      return false;
    }
  }
}
