package org.planloop.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.planloop.data.Provenance.EXPERT;
import static org.planloop.data.Provenance.LEARNER;
import static org.planloop.replay.ReplayStore.Outcome.APPENDED;
import static org.planloop.replay.ReplayStore.Outcome.DUPLICATE;
import static org.planloop.replay.ReplayStore.Outcome.OUTDATED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.ChunkKey;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;

class ReplayStoreTest {
  private static final StoreIdentity IDENTITY = new StoreIdentity("c1", 3, 2);
  private static final long SEGMENT = 1 << 20;

  @TempDir private Path folder;

  private ReplayStore open() throws IOException {
    return ReplayStore.open(folder, IDENTITY, SEGMENT);
  }

  private static TransitionBatch rows(ChunkKey key, int count) {
    return ReplaySamples.rows(key, count, 3, 2);
  }

  private static void append(ReplayStore store, ChunkKey key, int count) throws IOException {
    assertThat(store.append(key, 1, store.epoch(), rows(key, count))).isEqualTo(APPENDED);
  }

  private static TransitionBatch all(ReplayStore store, Provenance side) throws IOException {
    StoredView view = store.view(Integer.MAX_VALUE);
    return view.read(side, 0, view.size(side)).join();
  }

  @Test
  void rowsComeBackToTheBitOnTheirSide() throws IOException {
    ChunkKey expert = ReplaySamples.key(EXPERT, 0, 0, 0);
    ChunkKey learner = ReplaySamples.key(LEARNER, 1, 0, 0);
    try (ReplayStore store = open()) {
      append(store, expert, 7);
      append(store, learner, 5);
      store.commit();
      assertThat(all(store, EXPERT)).isEqualTo(rows(expert, 7));
      assertThat(all(store, LEARNER)).isEqualTo(rows(learner, 5));
    }
    try (ReplayStore store = open()) {
      assertThat(all(store, EXPERT)).isEqualTo(rows(expert, 7));
      assertThat(all(store, LEARNER)).isEqualTo(rows(learner, 5));
      assertThat(store.rows(EXPERT)).isEqualTo(7);
      assertThat(store.chunks()).isEqualTo(2);
      assertThat(store.quarantined()).isEmpty();
    }
  }

  @Test
  void readersSeeNothingBeforeTheCommit() throws IOException {
    try (ReplayStore store = open()) {
      append(store, ReplaySamples.key(LEARNER, 1, 0, 0), 5);
      assertThat(all(store, LEARNER).size()).isZero();
      store.commit();
      assertThat(all(store, LEARNER).size()).isEqualTo(5);
    }
  }

  @Test
  void orderIsCanonicalWhateverTheArrival() throws IOException {
    List<ChunkKey> keys = new ArrayList<>();
    for (int iteration = 1; iteration <= 3; iteration++) {
      for (int job = 0; job < 4; job++) {
        for (int chunk = 0; chunk < 3; chunk++) {
          keys.add(ReplaySamples.key(LEARNER, iteration, job, chunk));
        }
      }
    }
    TransitionBatch expected = TransitionBatch.allocate(keys.size() * 4, 3, 2);
    for (int i = 0; i < keys.size(); i++) {
      expected.copyRows(rows(keys.get(i), 4), 0, i * 4, 4);
    }
    List<ChunkKey> arrival = new ArrayList<>(keys);
    RandomStream random = new RandomStream(5);
    for (int i = arrival.size() - 1; i > 0; i--) {
      Collections.swap(arrival, i, random.nextInt(i + 1));
    }
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 4096)) {
      for (ChunkKey key : arrival) {
        append(store, key, 4);
        store.commit();
      }
      assertThat(all(store, LEARNER)).isEqualTo(expected);
      StoredView view = store.view(2);
      assertThat(view.size(LEARNER)).isEqualTo(2 * 4 * 3 * 4);
      assertThat(view.jobs(LEARNER)).hasSize(8).isSorted();
      assertThat(view.start(LEARNER, 3)).isEqualTo(36);
      assertThat(view.read(LEARNER, 0, view.size(LEARNER)).join())
          .isEqualTo(expected.slice(0, view.size(LEARNER)));
    }
    assertThat(segments()).hasSizeGreaterThan(2);
    try (ReplayStore store = open()) {
      assertThat(all(store, LEARNER)).isEqualTo(expected);
      int[] rows = {143, 0, 17, 17, 100};
      TransitionBatch gathered = store.view(3).gather(LEARNER, rows).join();
      for (int i = 0; i < rows.length; i++) {
        assertThat(gathered.slice(i, i + 1)).isEqualTo(expected.slice(rows[i], rows[i] + 1));
      }
    }
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".segment")).sorted().toList();
    }
  }

  @Test
  void aJobIsReadableUpToItsFirstMissingChunk() throws IOException {
    ChunkKey first = ReplaySamples.key(LEARNER, 1, 0, 0);
    ChunkKey second = ReplaySamples.key(LEARNER, 1, 0, 1);
    ChunkKey third = ReplaySamples.key(LEARNER, 1, 0, 2);
    try (ReplayStore store = open()) {
      append(store, first, 2);
      append(store, third, 2);
      store.commit();
      StoredView before = store.view(1);
      assertThat(before.size(LEARNER)).isEqualTo(2);
      append(store, second, 3);
      store.commit();
      assertThat(store.rows(LEARNER)).isEqualTo(7);
      assertThat(before.size(LEARNER)).as("a view is frozen").isEqualTo(2);
      assertThat(all(store, LEARNER).slice(2, 5)).isEqualTo(rows(second, 3));
    }
  }

  @Test
  void duplicatesAreStoredOnce() throws IOException {
    ChunkKey key = ReplaySamples.key(LEARNER, 1, 0, 0);
    try (ReplayStore store = open()) {
      append(store, key, 2);
      assertThat(store.append(key, 1, 0, rows(key, 2))).isEqualTo(DUPLICATE);
      store.commit();
      assertThat(store.append(key, 1, 0, rows(key, 2))).isEqualTo(DUPLICATE);
    }
    try (ReplayStore store = open()) {
      assertThat(store.append(key, 1, 0, rows(key, 2))).isEqualTo(DUPLICATE);
      store.commit();
      assertThat(store.rows(LEARNER)).isEqualTo(2);
      assertThat(store.chunks()).isEqualTo(1);
    }
  }

  @Test
  void olderEpochsAreRefusedAlsoAfterARestart() throws IOException {
    ChunkKey key = ReplaySamples.key(LEARNER, 1, 0, 0);
    try (ReplayStore store = open()) {
      store.fence(4);
      store.fence(4);
      assertThatThrownBy(() -> store.fence(3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("older than 4");
    }
    try (ReplayStore store = open()) {
      assertThat(store.epoch()).isEqualTo(4);
      assertThat(store.append(key, 1, 3, rows(key, 2))).isEqualTo(OUTDATED);
      assertThatThrownBy(() -> store.append(key, 1, 5, rows(key, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("epoch 5");
      assertThat(store.append(key, 1, 4, rows(key, 2))).isEqualTo(APPENDED);
      store.commit();
    }
    Files.delete(folder.resolve("store.json"));
    try (ReplayStore store = open()) {
      assertThat(store.epoch()).as("rebuilt from the chunks").isEqualTo(4);
    }
  }

  @Test
  void rowsOfOtherWidthsAreRefused() throws IOException {
    ChunkKey key = ReplaySamples.key(LEARNER, 1, 0, 0);
    try (ReplayStore store = open()) {
      assertThatThrownBy(() -> store.append(key, 1, 0, TransitionBatch.allocate(1, 4, 2)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.append(key, 1, 0, TransitionBatch.allocate(0, 3, 2)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void consecutiveRowsAreReadAcrossChunksIntoTheBatchThatIsOffered() throws IOException {
    for (int width : new int[] {1, 12, 21}) {
      TransitionBatch written = TransitionBatch.allocate(3 * 150, width, 4);
      try (ReplayStore store =
          ReplayStore.open(
              folder.resolve("width-" + width), new StoreIdentity("c1", width, 4), SEGMENT)) {
        for (int job = 0; job < 3; job++) {
          ChunkKey key = ReplaySamples.key(LEARNER, 1, job, 0);
          TransitionBatch rows = ReplaySamples.rows(key, 150, width, 4);
          store.append(key, 1, 0, rows);
          written.copyRows(rows, 0, 150 * job, 150);
        }
        store.commit();
        StoredView view = store.view(1);
        for (int from : new int[] {0, 100, 149, 300}) {
          TransitionBatch scratch = TransitionBatch.allocate(150, width, 4);
          assertThat(view.read(LEARNER, from, scratch).join()).isSameAs(scratch);
          assertThat(scratch).isEqualTo(written.slice(from, from + 150));
        }
      }
    }
  }

  @Test
  void rowsOutsideAViewAreRefused() throws IOException {
    try (ReplayStore store = open()) {
      append(store, ReplaySamples.key(LEARNER, 1, 0, 0), 5);
      store.commit();
      StoredView view = store.view(1);
      for (int row : new int[] {-1, 5, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> view.gather(LEARNER, new int[] {0, row}))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThatThrownBy(() -> view.read(LEARNER, 3, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> view.read(LEARNER, 3, TransitionBatch.allocate(3, 3, 2)))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> view.read(LEARNER, 3, Integer.MAX_VALUE))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(view.read(EXPERT, 0, 0).join().size()).isZero();
    }
  }

  @Test
  void evictionDropsWholeJobsForGoodAndTheirFiles() throws IOException {
    JobKey third = new JobKey(LEARNER, 3, 0, 0);
    try (ReplayStore store = ReplayStore.open(folder, IDENTITY, 4096)) {
      append(store, ReplaySamples.key(EXPERT, 0, 0, 0), 5);
      for (int iteration = 1; iteration <= 4; iteration++) {
        append(store, ReplaySamples.key(LEARNER, iteration, 0, 0), 80);
      }
      store.commit();
      StoredView before = store.view(9);
      int files = segments().size();
      store.evictBefore(third);
      assertThat(store.rows(LEARNER)).isEqualTo(160);
      assertThat(store.rows(EXPERT)).isEqualTo(5);
      assertThat(segments()).hasSize(files - 2);
      assertThat(before.read(LEARNER, 0, 80).join())
          .as("an older view reads on")
          .isEqualTo(rows(ReplaySamples.key(LEARNER, 1, 0, 0), 80));
      assertThat(append(store, ReplaySamples.key(LEARNER, 1, 0, 1))).isEqualTo(DUPLICATE);
    }
    try (ReplayStore store = open()) {
      assertThat(store.view(9).jobs(LEARNER)).startsWith(third).hasSize(2);
      assertThat(append(store, ReplaySamples.key(LEARNER, 2, 0, 0))).isEqualTo(DUPLICATE);
    }
  }

  private static ReplayStore.Outcome append(ReplayStore store, ChunkKey key) throws IOException {
    return store.append(key, 1, 0, rows(key, 1));
  }

  @Test
  void twoRunsInOneFolderAreAnError() throws Exception {
    try (ReplayStore store = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("two runs in one folder")
          .hasMessageContaining(folder.toString());
      assertThat(store.epoch()).isZero();
    }
    open().close();
  }

  @Test
  void twoProcessesInOneFolderAreAnError() throws Exception {
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-cp",
                System.getProperty("java.class.path"),
                StoreHolder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.getInputStream().read()).as("the other process has it open").isEqualTo('!');
      assertThatThrownBy(this::open)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("two runs in one folder");
    } finally {
      other.getOutputStream().close();
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    open().close();
  }

  /** Holds a store open until its input ends. */
  static final class StoreHolder {
    public static void main(String[] args) throws IOException {
      try (ReplayStore store = ReplayStore.open(Path.of(args[0]), IDENTITY, SEGMENT)) {
        System.out.write(store.epoch() == 0 ? '!' : '?');
        System.out.flush();
        while (System.in.read() >= 0) {
          // Until the test closes it.
        }
      }
    }
  }

  @Test
  void anotherCampaignsFolderIsAnError() throws IOException {
    open().close();
    assertThatThrownBy(() -> ReplayStore.open(folder, new StoreIdentity("c2", 3, 2), SEGMENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("campaign c1, this is c2");
    assertThatThrownBy(() -> ReplayStore.open(folder, new StoreIdentity("c1", 4, 2), SEGMENT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("3 state and 2 action values");
    open().close();
  }

  @Test
  void aDamagedStateIsNamed() throws IOException {
    try (ReplayStore store = open()) {
      store.fence(3);
    }
    Path state = folder.resolve("store.json");
    Files.writeString(state, Files.readString(state).replace("3", "9"));
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("store.json: is damaged");
    Files.writeString(state, "{");
    assertThatThrownBy(this::open)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("store.json: is damaged");
  }
}
