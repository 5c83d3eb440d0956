package org.planloop.replay.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.planloop.data.Provenance.EXPERT;
import static org.planloop.data.Provenance.LEARNER;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.FailingStore;
import org.planloop.replay.ReplaySamples;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.ReplayUnavailableException;
import org.planloop.replay.StoreIdentity;

/** A shard and the view over shards; every message goes through the serialiser. */
class ReplayShardTest {
  private static final StoreIdentity IDENTITY = new StoreIdentity("c1", 3, 2);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @TempDir private Path folder;

  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.serialize-messages = on")
              .withFallback(ConfigFactory.load()));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TestProbe<ReplayShard.AppendReply> worker =
      kit.createTestProbe(ReplayShard.AppendReply.class);

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private ActorRef<ReplayShard.Command> shard(int number) throws IOException {
    ReplayStore store = ReplayStore.open(folder.resolve("shard" + number), IDENTITY, 1 << 20);
    return kit.spawn(
        ReplayShard.create(store, new ReplayMetrics(registry, number)),
        "shard" + number,
        ReplayShard.dispatcher());
  }

  private static TransitionBatch rows(ChunkKey key, int count) {
    return ReplaySamples.rows(key, count, 3, 2);
  }

  private ReplayShard.Append append(ChunkKey key, int count) {
    return new ReplayShard.Append(key, 1, 0, rows(key, count), worker.ref());
  }

  private ShardReplayView view(List<ActorRef<ReplayShard.Command>> shards, long capacity) {
    return ShardReplayView.open(kit.system(), shards, Integer.MAX_VALUE, capacity, TIMEOUT);
  }

  private ReplayShard.Counts counts(ActorRef<ReplayShard.Command> shard) {
    TestProbe<ReplayShard.Counts> probe = kit.createTestProbe();
    shard.tell(new ReplayShard.GetCounts(probe.ref()));
    return probe.receiveMessage();
  }

  @Test
  void appendsAreConfirmedAndCounted() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    ChunkKey expert = ReplaySamples.key(EXPERT, 0, 0, 0);
    ChunkKey learner = ReplaySamples.key(LEARNER, 1, 0, 0);
    shard.tell(append(expert, 5));
    shard.tell(append(learner, 7));
    shard.tell(append(learner, 7));
    worker.expectMessage(new ReplayShard.Appended(expert, false));
    worker.expectMessage(new ReplayShard.Appended(learner, false));
    worker.expectMessage(new ReplayShard.Appended(learner, true));
    ReplayShard.Counts counts = counts(shard);
    assertThat(counts.expertRows()).isEqualTo(5);
    assertThat(counts.learnerRows()).isEqualTo(7);
    assertThat(counts.chunks()).isEqualTo(2);
    assertThat(registry.get("planloop.replay.appends").counter().count()).isEqualTo(2);
    assertThat(registry.get("planloop.replay.duplicates").counter().count()).isEqualTo(1);
    assertThat(registry.get("planloop.replay.rows").tag("side", "learner").gauge().value())
        .isEqualTo(7);
    assertThat(registry.get("planloop.replay.commit").timer().count()).isBetween(1L, 3L);
  }

  @Test
  void whatIsConfirmedIsThereAfterARestart() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    ChunkKey key = ReplaySamples.key(LEARNER, 1, 0, 0);
    shard.tell(append(key, 5));
    worker.expectMessage(new ReplayShard.Appended(key, false));
    stop(shard);
    ActorRef<ReplayShard.Command> again = shard(0);
    assertThat(view(List.of(again), 0).read(LEARNER, 0, 5).join()).isEqualTo(rows(key, 5));
  }

  private void stop(ActorRef<ReplayShard.Command> shard) {
    TestProbe<Object> probe = kit.createTestProbe();
    shard.tell(new ReplayShard.Stop());
    probe.expectTerminated(shard, TIMEOUT);
  }

  @Test
  void anOlderEpochIsOutdatedAndWrongRowsAreRefused() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    TestProbe<ReplayShard.FenceReply> campaign = kit.createTestProbe();
    shard.tell(new ReplayShard.Fence(3, campaign.ref()));
    campaign.expectMessage(new ReplayShard.Fenced(3));
    shard.tell(new ReplayShard.Fence(2, campaign.ref()));
    assertThat(campaign.expectMessageClass(ReplayShard.FenceRefused.class).current()).isEqualTo(3);
    ChunkKey key = ReplaySamples.key(LEARNER, 1, 0, 0);
    shard.tell(append(key, 5));
    worker.expectMessage(new ReplayShard.Outdated(key, 3));
    shard.tell(new ReplayShard.Append(key, 1, 3, TransitionBatch.allocate(1, 1, 1), worker.ref()));
    assertThat(worker.expectMessageClass(ReplayShard.Refused.class).reason())
        .contains("1 state and 1 action values");
  }

  @Test
  void aViewOverThreeShardsEqualsTheViewOverOne() throws IOException {
    List<ActorRef<ReplayShard.Command>> three = List.of(shard(1), shard(2), shard(3));
    ActorRef<ReplayShard.Command> one = shard(4);
    for (int job = 19; job >= 0; job--) {
      for (int chunk = 0; chunk < 3; chunk++) {
        ReplayShard.Append append = append(ReplaySamples.key(LEARNER, 1 + job / 5, job, chunk), 11);
        three.get(job * 7 % 3).tell(append);
        one.tell(append);
        worker.expectMessageClass(ReplayShard.Appended.class);
        worker.expectMessageClass(ReplayShard.Appended.class);
      }
    }
    ShardReplayView wide = view(three, 0);
    ShardReplayView narrow = view(List.of(one), 0);
    assertThat(wide.size(LEARNER)).isEqualTo(660);
    assertThat(wide.size(EXPERT)).isZero();
    assertThat(wide.jobs(LEARNER)).isEqualTo(narrow.jobs(LEARNER)).isSorted();
    assertThat(wide.read(LEARNER, 3, 600).join()).isEqualTo(narrow.read(LEARNER, 3, 600).join());
    int[] rows = {659, 0, 5, 5, 333, 12, 13};
    assertThat(wide.gather(LEARNER, rows).join()).isEqualTo(narrow.gather(LEARNER, rows).join());
    assertThat(wide.gather(EXPERT, new int[0]).join().size()).isZero();
    assertThatThrownBy(() -> wide.gather(LEARNER, new int[] {660}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    ShardReplayView early = ShardReplayView.open(kit.system(), three, 2, 0, TIMEOUT);
    assertThat(early.size(LEARNER)).isEqualTo(330);
    ShardReplayView some =
        ShardReplayView.open(
            kit.system(), three, 4, job -> job.job() == 3 || job.job() == 17, 0, TIMEOUT);
    assertThat(some.jobs(LEARNER)).extracting(JobKey::job).containsExactly(3, 17);
    assertThat(some.read(LEARNER, 0, 33).join()).isEqualTo(wide.read(LEARNER, 99, 33).join());
    assertThat(some.read(LEARNER, 33, 33).join()).isEqualTo(wide.read(LEARNER, 561, 33).join());
  }

  @Test
  void requestsLargerThanAMessageAreSplit() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    int block = ReplayShard.blockRows(3, 2);
    List<TransitionBatch> sent = new ArrayList<>();
    for (int chunk = 0; chunk < 3; chunk++) {
      ReplayShard.Append append = append(ReplaySamples.key(LEARNER, 1, 0, chunk), block);
      shard.tell(append);
      worker.expectMessageClass(ReplayShard.Appended.class);
      sent.add(append.rows());
    }
    TransitionBatch all = view(List.of(shard), 0).read(LEARNER, 0, 3 * block).join();
    for (int chunk = 0; chunk < 3; chunk++) {
      assertThat(all.slice(chunk * block, (chunk + 1) * block)).isEqualTo(sent.get(chunk));
    }
    TestProbe<ReplayShard.BlockReply> probe = kit.createTestProbe();
    shard.tell(new ReplayShard.Gather(openView(shard), LEARNER, new int[block + 1], probe.ref()));
    assertThat(probe.expectMessageClass(ReplayShard.ReadRefused.class).reason())
        .contains("at most " + block);
  }

  private long openView(ActorRef<ReplayShard.Command> shard) {
    TestProbe<ReplayShard.ViewReply> probe = kit.createTestProbe();
    shard.tell(new ReplayShard.OpenView(9, probe.ref()));
    return probe.expectMessageClass(ReplayShard.ViewOpened.class).view();
  }

  @Test
  void badRequestsAreRefused() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    long view = openView(shard);
    TestProbe<ReplayShard.BlockReply> blocks = kit.createTestProbe();
    shard.tell(new ReplayShard.Gather(view, LEARNER, new int[] {0}, blocks.ref()));
    blocks.expectMessageClass(ReplayShard.ReadRefused.class);
    shard.tell(new ReplayShard.Gather(view + 1, LEARNER, new int[0], blocks.ref()));
    blocks.expectMessage(new ReplayShard.ViewLost(view + 1));
    TestProbe<ReplayShard.JobsReply> jobs = kit.createTestProbe();
    shard.tell(new ReplayShard.GetJobs(view, LEARNER, -1, jobs.ref()));
    jobs.expectMessageClass(ReplayShard.ReadRefused.class);
    shard.tell(new ReplayShard.GetJobs(view + 1, LEARNER, 0, jobs.ref()));
    jobs.expectMessage(new ReplayShard.ViewLost(view + 1));
  }

  @Test
  void aForgottenViewIsOpenedAgain() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    ChunkKey second = ReplaySamples.key(LEARNER, 1, 2, 0);
    shard.tell(append(second, 5));
    worker.expectMessageClass(ReplayShard.Appended.class);
    ShardReplayView view = view(List.of(shard), 0);
    // A job that comes before changes the shard's row numbers, not the view's.
    shard.tell(append(ReplaySamples.key(LEARNER, 1, 1, 0), 9));
    worker.expectMessageClass(ReplayShard.Appended.class);
    for (int i = 0; i < ReplayShard.MAX_VIEWS; i++) {
      openView(shard);
    }
    assertThat(view.read(LEARNER, 0, 5).join()).isEqualTo(rows(second, 5));
  }

  @Test
  void capacityKeepsTheNewestWholeJobs() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    for (int iteration = 1; iteration <= 5; iteration++) {
      shard.tell(append(ReplaySamples.key(LEARNER, iteration, 0, 0), 10));
      worker.expectMessageClass(ReplayShard.Appended.class);
    }
    ShardReplayView view = view(List.of(shard), 25);
    assertThat(view.jobs(LEARNER))
        .containsExactly(new JobKey(LEARNER, 4, 0, 0), new JobKey(LEARNER, 5, 0, 0));
    assertThat(view.read(LEARNER, 0, 10).join())
        .isEqualTo(rows(ReplaySamples.key(LEARNER, 4, 0, 0), 10));
    assertThat(counts(shard).learnerRows()).isEqualTo(20);
  }

  @Test
  void capacityIsInRowsOfWholeJobs() {
    int[] rows = {5, 5, 5};
    assertThat(ShardReplayView.firstKept(rows, 0)).isZero();
    assertThat(ShardReplayView.firstKept(rows, 15)).isZero();
    assertThat(ShardReplayView.firstKept(rows, 14)).isEqualTo(1);
    assertThat(ShardReplayView.firstKept(rows, 1)).as("the newest stays").isEqualTo(2);
    assertThat(ShardReplayView.firstKept(new int[0], 1)).isZero();
  }

  @Test
  void manyJobsComeInPages() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    int jobs = ReplayShard.JOBS_A_PAGE + 10;
    // Fewer at a time than the shard lets wait.
    for (int done = 0; done < jobs; ) {
      int batch = Math.min(2000, jobs - done);
      for (int i = 0; i < batch; i++) {
        shard.tell(append(ReplaySamples.key(LEARNER, 1, done + i, 0), 1));
      }
      for (int i = 0; i < batch; i++) {
        worker.expectMessageClass(ReplayShard.Appended.class);
      }
      done += batch;
    }
    ShardReplayView view = view(List.of(shard), 0);
    assertThat(view.jobs(LEARNER)).hasSize(jobs);
    assertThat(view.read(LEARNER, jobs - 1, 1).join())
        .isEqualTo(rows(ReplaySamples.key(LEARNER, 1, jobs - 1, 0), 1));
  }

  @Test
  void aJobInTwoShardsIsAnError() throws IOException {
    List<ActorRef<ReplayShard.Command>> shards = List.of(shard(1), shard(2));
    for (ActorRef<ReplayShard.Command> shard : shards) {
      shard.tell(append(ReplaySamples.key(LEARNER, 1, 0, 0), 1));
      worker.expectMessageClass(ReplayShard.Appended.class);
    }
    assertThatThrownBy(() -> view(shards, 0))
        .isInstanceOf(ReplayUnavailableException.class)
        .hasMessageContaining("shard 0 and in shard 1");
  }

  @Test
  void aShardThatDoesNotAnswerIsNamedAfterABoundedTime() {
    TestProbe<ReplayShard.Command> silent = kit.createTestProbe();
    assertThatThrownBy(
            () ->
                ShardReplayView.open(
                    kit.system(), List.of(silent.ref()), 1, 0, Duration.ofMillis(100)))
        .isInstanceOf(ReplayUnavailableException.class)
        .hasMessageContaining(silent.ref().path().toString())
        .hasMessageContaining("did not answer");
  }

  @Test
  void aShardThatStartsAgainWhileAViewIsOpenedIsAskedOnceMore() {
    TestProbe<ReplayShard.Command> shard = kit.createTestProbe();
    CompletableFuture<ShardReplayView> opening =
        CompletableFuture.supplyAsync(
            () ->
                ShardReplayView.open(
                    kit.system(), List.of(shard.ref()), 1, 0, Duration.ofSeconds(60)));
    for (long view = 1; view <= 2; view++) {
      shard
          .expectMessageClass(ReplayShard.OpenView.class)
          .replyTo()
          .tell(new ReplayShard.ViewOpened(view, 3, 1, 0, 1));
      ReplayShard.GetJobs jobs = shard.expectMessageClass(ReplayShard.GetJobs.class);
      assertThat(jobs.view()).isEqualTo(view);
      jobs.replyTo()
          .tell(
              view == 1
                  ? new ReplayShard.ViewLost(view)
                  : new ReplayShard.Jobs(
                      0, new int[] {1}, new int[] {0}, new int[] {0}, new int[] {7}));
    }
    assertThat(opening.join().size(LEARNER)).isEqualTo(7);
  }

  @Test
  void rowsLostWhileAViewIsOpenAreAnError() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    ChunkKey key = ReplaySamples.key(LEARNER, 1, 0, 0);
    shard.tell(append(key, 5));
    worker.expectMessageClass(ReplayShard.Appended.class);
    ShardReplayView view = view(List.of(shard), 0);
    shard.tell(new ReplayShard.Evict(new JobKey(LEARNER, 2, 0, 0)));
    assertThat(view.read(LEARNER, 0, 5).join()).as("frozen").isEqualTo(rows(key, 5));
    for (int i = 0; i < ReplayShard.MAX_VIEWS; i++) {
      openView(shard);
    }
    assertThatThrownBy(() -> view.read(LEARNER, 0, 5).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ReplayUnavailableException.class)
        .hasMessageContaining("lost rows of");
  }

  @Test
  void sidesAreServedApart() throws IOException {
    ActorRef<ReplayShard.Command> shard = shard(0);
    for (Provenance side : Provenance.values()) {
      shard.tell(append(ReplaySamples.key(side, 0, 0, 0), 4));
      worker.expectMessageClass(ReplayShard.Appended.class);
    }
    ShardReplayView view = view(List.of(shard), 0);
    for (Provenance side : Provenance.values()) {
      assertThat(view.read(side, 0, 4).join()).isEqualTo(rows(ReplaySamples.key(side, 0, 0, 0), 4));
    }
  }

  @Test
  void chunksThatWaitTogetherAreCommittedTogether() throws IOException {
    ReplayStore store = ReplayStore.open(folder.resolve("shard0"), IDENTITY, 1 << 20);
    CountDownLatch opened = new CountDownLatch(1);
    ActorRef<ReplayShard.Command> shard =
        kit.spawn(
            Behaviors.setup(
                context -> {
                  opened.await();
                  return ReplayShard.create(store, new ReplayMetrics(registry, 0));
                }),
            ReplayShard.dispatcher());
    for (int job = 0; job < 100; job++) {
      shard.tell(append(ReplaySamples.key(LEARNER, 1, job, 0), 2));
    }
    opened.countDown();
    for (int job = 0; job < 100; job++) {
      worker.expectMessage(new ReplayShard.Appended(ReplaySamples.key(LEARNER, 1, job, 0), false));
    }
    assertThat(registry.get("planloop.replay.commit").timer().count()).isEqualTo(1);
  }

  @Test
  void beyondItsBoundTheShardIsBusy() throws IOException {
    ReplayStore store = ReplayStore.open(folder.resolve("shard0"), IDENTITY, 1 << 20);
    CountDownLatch opened = new CountDownLatch(1);
    ActorRef<ReplayShard.Command> shard =
        kit.spawn(
            Behaviors.setup(
                context -> {
                  opened.await();
                  return ReplayShard.create(store, new ReplayMetrics(registry, 0));
                }),
            ReplayShard.dispatcher());
    for (int job = 0; job <= ReplayShard.MAX_PENDING; job++) {
      shard.tell(append(ReplaySamples.key(LEARNER, 1, job, 0), 1));
    }
    opened.countDown();
    ChunkKey last = ReplaySamples.key(LEARNER, 1, ReplayShard.MAX_PENDING, 0);
    worker.expectMessage(new ReplayShard.Busy(last));
    for (int job = 0; job < ReplayShard.MAX_PENDING; job++) {
      worker.expectMessageClass(ReplayShard.Appended.class);
    }
    shard.tell(append(last, 1));
    worker.expectMessage(new ReplayShard.Appended(last, false));
  }

  @Test
  void aFullDiskIsNeverConfirmedAndAShardGoesOnOnceItIsMended() throws IOException {
    FailingStore disk = new FailingStore();
    ActorRef<ReplayShard.Command> shard =
        kit.spawn(
            ReplayShard.create(
                disk.open(folder.resolve("shard0"), IDENTITY),
                () -> disk.open(folder.resolve("shard0"), IDENTITY),
                new ReplayMetrics(registry, 0)),
            ReplayShard.dispatcher());
    ChunkKey first = ReplaySamples.key(LEARNER, 1, 0, 0);
    ChunkKey second = ReplaySamples.key(LEARNER, 1, 0, 1);
    shard.tell(append(first, 2));
    worker.expectMessage(new ReplayShard.Appended(first, false));
    disk.bytesLeft(40);
    shard.tell(append(second, 2));
    assertThat(worker.expectMessageClass(ReplayShard.Unavailable.class).reason())
        .contains("No space left on device")
        .contains(folder.toString());
    disk.bytesLeft(Long.MAX_VALUE);
    shard.tell(append(second, 2));
    worker.expectMessage(new ReplayShard.Appended(second, false));
    disk.breakForce();
    ChunkKey third = ReplaySamples.key(LEARNER, 1, 0, 2);
    shard.tell(append(third, 2));
    assertThat(worker.expectMessageClass(ReplayShard.Unavailable.class).reason())
        .contains("commit failed");
    shard.tell(append(third, 2));
    assertThat(worker.expectMessageClass(ReplayShard.Unavailable.class).reason())
        .contains("must be opened again");
    assertThat(counts(shard).learnerRows()).isEqualTo(4);

    disk.mend();
    ReplayShard.AppendReply reply;
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    do {
      shard.tell(append(third, 2));
      reply = worker.receiveMessage();
    } while (reply instanceof ReplayShard.Unavailable && System.nanoTime() < until);
    // Perhaps as a duplicate: what the disk kept of a chunk without confirmation may be whole.
    assertThat(reply).isInstanceOf(ReplayShard.Appended.class);
    assertThat(counts(shard).learnerRows()).isEqualTo(6);
  }
}
