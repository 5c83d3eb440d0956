package org.planloop.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.planloop.cluster.SnapshotCache;
import org.planloop.cluster.SnapshotMetrics;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.environment.Environment;
import org.planloop.metrics.Meters;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.actor.ReplayShard;

/**
 * Dispatcher, workers and snapshot cache together; every wire message goes through the serialiser.
 */
class PipelineTest {
  private static final CampaignEpoch CAMPAIGN = new CampaignEpoch("campaign", 3);

  private final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(
                  "pekko.actor.serialize-messages = on, pekko.actor.allow-java-serialization = off")
              .withFallback(ConfigFactory.load()));
  private final ExecutorService flying = Executors.newFixedThreadPool(4);
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final WorkerMetrics metrics = new WorkerMetrics(registry, 1);
  private final TestProbe<ReplayShard.Command> shard =
      kit.createTestProbe(ReplayShard.Command.class);
  private final TestProbe<JobOutcome> campaign = kit.createTestProbe(JobOutcome.class);
  private final TestProbe<SnapshotPublisher.Published> published =
      kit.createTestProbe(SnapshotPublisher.Published.class);
  private final ActorRef<Dispatching> dispatcher =
      kit.spawn(Dispatcher.create(System::nanoTime, new RolloutMetrics(registry)));
  private final ActorRef<Object> publisher =
      kit.spawn(SnapshotPublisher.create(version -> Optional.empty()));
  private final ActorRef<Object> cache =
      kit.spawn(SnapshotCache.create(publisher, new SnapshotMetrics(registry, "c")));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    flying.shutdownNow();
  }

  private ActorRef<Object> worker(Environment environment) {
    ActorRef<Workplaces> workplaces =
        kit.spawn(
            Workplaces.only(
                new Workplaces.Workplace(
                    CAMPAIGN,
                    environment,
                    definition -> Counting.policy(),
                    new RolloutSettings(1, 2, 4),
                    1,
                    cache,
                    List.of(shard.getRef()))));
    return kit.spawn(
        Worker.create(
            new Worker.Surroundings(dispatcher, workplaces, flying, System::nanoTime, metrics)));
  }

  private void publish(int version) {
    publisher.tell(
        new SnapshotPublisher.Publish(
            new PolicySnapshot(version, new PolicyDefinition.RandomActions()), published.getRef()));
    published.receiveMessage();
  }

  private void submit(RolloutJob... jobs) {
    dispatcher.tell(new Dispatching.Submit(CAMPAIGN, List.of(jobs), true, campaign.getRef()));
  }

  private ReplayShard.Append append() {
    return shard.expectMessageClass(ReplayShard.Append.class);
  }

  private static void confirm(ReplayShard.Append append) {
    append.replyTo().tell(new ReplayShard.Appended(append.key(), false));
  }

  @Test
  void aJobIsDoneOnceReplayHasConfirmedAllOfIt() {
    publish(1);
    worker(Counting.environment(99));
    submit(Counting.job(0, 1, 0, 0));
    List<ReplayShard.Append> appends = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      appends.add(append());
    }
    assertThat(appends).extracting(append -> append.rows().size()).containsExactly(4, 4, 2);
    assertThat(appends).allMatch(append -> append.epoch() == 3 && append.policyVersion() == 1);

    confirm(appends.get(2));
    confirm(appends.get(0));
    campaign.expectNoMessage(Duration.ofMillis(50));
    confirm(appends.get(1));
    JobOutcome.Finished finished = campaign.expectMessageClass(JobOutcome.Finished.class);
    assertThat(finished.result().storedRows()).isEqualTo(10);
    assertThat(Meters.read(registry))
        .containsEntry("worker/jobs", 1.0)
        .containsEntry("worker/steps", 10.0)
        .containsEntry("worker/flying", 0.0)
        .containsEntry("worker/job_failures", 0.0)
        .containsEntry("rollout/jobs", 1.0);
  }

  /** The campaign hears of its job; the rows lie under the attempt's key. */
  @Test
  void aRobotsFlightIsAnAttemptOfItsOwn() {
    publish(1);
    worker(Counting.environment(3));
    RolloutJob job = Counting.job(0, 1, 0, 0);
    dispatcher.tell(new Dispatching.Submit(CAMPAIGN, List.of(job), false, campaign.getRef()));
    ReplayShard.Append append = append();

    assertThat(append.key().job()).isEqualTo(job.attempt(CAMPAIGN.epoch(), 0).key());
    assertThat(append.key().job()).isNotEqualTo(job.key());
    confirm(append);
    assertThat(campaign.expectMessageClass(JobOutcome.Finished.class).result().job())
        .isEqualTo(job);
  }

  @Test
  void anUnconfirmedChunkIsSentAgain() {
    publish(1);
    worker(Counting.environment(3));
    submit(Counting.job(0, 1, 0, 0));
    ReplayShard.Append first = append();
    ReplayShard.Append again =
        shard.expectMessageClass(ReplayShard.Append.class, Duration.ofSeconds(20));

    assertThat(again.key()).isEqualTo(first.key());
    assertThat(again.rows()).isEqualTo(first.rows());
    confirm(again);
    confirm(first);
    campaign.expectMessageClass(JobOutcome.Finished.class);
  }

  @Test
  void aSlowReplayHoldsTheRolloutBack() {
    publish(1);
    worker(Counting.environment(99));
    RolloutJob wide = Counting.job(0, 8, 0, 0);
    submit(wide);
    for (int i = 0; i < ChunkWindow.LIMIT; i++) {
      append();
    }
    shard.expectNoMessage(Duration.ofMillis(200));
  }

  @Test
  void aJobWaitsForItsSnapshot() {
    worker(Counting.environment(3));
    submit(Counting.job(0, 1, 0, 0));
    shard.expectNoMessage(Duration.ofMillis(100));
    TestProbe<Object> patient = kit.createTestProbe();
    patient.awaitAssert(
        () -> {
          assertThat(Meters.read(registry))
              .containsEntry("snapshot/waiting", 1.0)
              .containsEntry("snapshot/version", -1.0);
          return null;
        });
    publish(1);
    confirm(append());
    campaign.expectMessageClass(JobOutcome.Finished.class);
    assertThat(Meters.read(registry))
        .containsEntry("snapshot/waiting", 0.0)
        .containsEntry("snapshot/version", 1.0);
  }

  @Test
  void aLostWorkersJobIsFlownByAnother() {
    publish(1);
    ActorRef<Object> lost = worker(Counting.environment(3));
    submit(Counting.job(0, 1, 0, 0));
    ReplayShard.Append first = append();
    kit.stop(lost);
    worker(Counting.environment(3));
    ReplayShard.Append second = append();

    assertThat(second.rows()).as("the same job gives the same rows").isEqualTo(first.rows());
    confirm(second);
    campaign.expectMessageClass(JobOutcome.Finished.class);
  }

  @Test
  void aRetiredJobIsAnsweredAndNeverFlown() {
    RolloutJob old = Counting.job(0, 1, 0, 0);
    submit(old);
    dispatcher.tell(new Dispatching.Retire(CAMPAIGN, 2));
    assertThat(campaign.expectMessageClass(JobOutcome.Retired.class).job()).isEqualTo(old);
    publish(1);
    worker(Counting.environment(3));
    shard.expectNoMessage(Duration.ofMillis(100));
  }

  @Test
  void aRefusedChunkGivesTheJobUpAfterSeveralAttempts() {
    publish(1);
    worker(Counting.environment(3));
    submit(Counting.job(0, 1, 0, 0));
    for (int attempt = 0; attempt < 3; attempt++) {
      ReplayShard.Append append = append();
      append.replyTo().tell(new ReplayShard.Refused(append.key(), "no space left on the disk"));
    }
    assertThat(campaign.expectMessageClass(JobOutcome.Abandoned.class).reason())
        .contains("no space left");
    assertThat(Meters.read(registry))
        .containsEntry("worker/job_failures", 3.0)
        .containsEntry("worker/jobs", 0.0)
        .containsEntry("rollout/job_failures", 3.0);
  }
}
