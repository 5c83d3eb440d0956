package org.planloop.deploy.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.planloop.campaign.Campaign;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.CampaignStore;
import org.planloop.campaign.Selection;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.trainer.Trainer;

/** The campaign's actor among probes: what it keeps of jobs, and what it does with that. */
class CampaignTest {
  private static final int EPISODES = 3;

  private final ActorTestKit kit = ActorTestKit.create();
  private final TestProbe<Dispatching> dispatcher = kit.createTestProbe();
  private final TestProbe<Trainer.Command> trainer = kit.createTestProbe();
  private final TestProbe<SnapshotPublisher.Publish> publisher = kit.createTestProbe();
  private final TestProbe<CampaignOutcome> outcome = kit.createTestProbe();
  private final Kept store = new Kept();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  /** Says what it is asked to keep. */
  private static final class Kept implements CampaignStore {
    final BlockingQueue<Optional<JobResult>> kept = new LinkedBlockingQueue<>();

    /** The next result that is kept; empty where all are forgotten. */
    Optional<JobResult> next() throws InterruptedException {
      return requireNonNull(kept.poll(30, TimeUnit.SECONDS), "nothing within 30 s");
    }

    @Override
    public void arrived(List<JobResult> results) {
      results.forEach(result -> kept.add(Optional.of(result)));
    }

    @Override
    public void forgetArrived() {
      kept.add(Optional.empty());
    }

    @Override
    public void policy(PolicySnapshot snapshot) {}

    @Override
    public Optional<PolicySnapshot> policy(int version) {
      return Optional.empty();
    }

    @Override
    public void row(CampaignState state, Optional<ModelParameters> model) {}

    @Override
    public void finished(CampaignState state, Selection selection) {}
  }

  private ActorRef<Object> campaign(long epoch, boolean repeatable, List<JobResult> arrived) {
    Parts parts = Parts.on(CampaignTest.class.getClassLoader());
    Experiment experiment =
        new ExperimentReader(parts)
            .read(
                "pendulum",
                new ExperimentReader.Overrides(
                    List.of(
                        "expert.kind=mpc",
                        "expert.episodes=" + EPISODES,
                        "rollout.environments-per-job=1",
                        "campaign.first-policy=expert-model"),
                    OptionalLong.of(0),
                    Optional.empty()));
    return kit.spawn(
        Campaign.create(
            new Campaign.Surroundings(
                new Wiring(experiment, parts).plan(),
                new CampaignEpoch("one", epoch),
                repeatable,
                dispatcher.getRef(),
                publisher.getRef(),
                trainer.getRef(),
                store,
                () -> {
                  throw new IllegalStateException("there is no recording");
                },
                Runnable::run,
                System::nanoTime,
                new CampaignObserver() {},
                outcome.getRef()),
            CampaignState.EMPTY,
            Optional.empty(),
            Optional.empty(),
            arrived));
  }

  private List<RolloutJob> submitted() {
    return dispatcher.expectMessageClass(Dispatching.Submit.class).jobs();
  }

  private static JobResult flown(RolloutJob job) {
    return new JobResult(
        job,
        List.of(
            new EpisodeResult(job.firstEpisode(), -300, 200, EpisodeResult.End.TRUNCATED, "", 0)),
        200,
        0.1,
        0.1);
  }

  private Trainer.Fit fitAfter(ActorRef<Object> campaign, List<RolloutJob> jobs) {
    jobs.forEach(job -> campaign.tell(new JobOutcome.Finished(flown(job))));
    return trainer.expectMessageClass(Trainer.Fit.class);
  }

  @Test
  void everyJobThatComesInIsKept() throws Exception {
    ActorRef<Object> campaign = campaign(1, true, List.of());
    List<RolloutJob> jobs = submitted();
    assertThat(jobs).hasSize(EPISODES);

    fitAfter(campaign, jobs);

    for (RolloutJob job : jobs) {
      assertThat(store.next()).contains(flown(job));
    }
  }

  @Test
  void whatAnEarlierAttemptHasFlownIsNotFlownAgain() throws Exception {
    campaign(1, true, List.of());
    List<RolloutJob> jobs = submitted();
    JobResult arrived = flown(jobs.get(1));

    ActorRef<Object> resumed = campaign(2, true, List.of(arrived));
    List<RolloutJob> left = new ArrayList<>(jobs);
    left.remove(arrived.job());
    assertThat(submitted()).isEqualTo(left);
    Trainer.Fit fit = fitAfter(resumed, left);

    assertThat(fit.expertRows()).isEqualTo(200L * EPISODES);
    assertThat(List.of(store.next(), store.next()))
        .as("kept is what was not kept before")
        .containsExactlyInAnyOrder(
            Optional.of(flown(left.get(0))), Optional.of(flown(left.get(1))));
    assertThat(store.kept).isEmpty();
  }

  /** Else the next attempt would count rows that nobody has. */
  @Test
  void whereRowsAreGoneTheNextAttemptFliesAgain() throws Exception {
    ActorRef<Object> campaign = campaign(1, true, List.of());
    Trainer.Fit fit = fitAfter(campaign, submitted());
    for (int i = 0; i < EPISODES; i++) {
      assertThat(store.next()).isPresent();
    }

    fit.replyTo().tell(new Trainer.NoResult(1, "rows are gone", Trainer.Failing.ROWS, 1));

    assertThat(store.next()).isEmpty();
    assertThat(outcome.expectMessageClass(CampaignOutcome.Failed.class).reason())
        .contains("rows are gone");
  }

  @Test
  void attemptsThatHaveNoNumbersAreRefused() {
    campaign(RolloutJob.EPOCHS + 1L, false, List.of());

    assertThat(outcome.expectMessageClass(CampaignOutcome.Failed.class).reason())
        .contains("goes on at most " + RolloutJob.EPOCHS + " times");
  }
}
