package org.planloop.deploy.node;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.campaign.Campaign;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.deploy.config.Experiment;
import org.planloop.environment.Capability;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.replay.actor.ShardReplayView;
import org.planloop.trainer.Trainer;

/**
 * The actors of a campaign that live together: publisher, trainer and campaign. Where shards,
 * dispatcher and workers are is not their business, so they are the same in one process and in a
 * cluster.
 *
 * @param epoch this attempt, which the shards are fenced with
 * @param folder what the campaign goes on from
 * @param observer called from any thread
 * @param shards in order of their numbers
 */
public record CampaignActors(
    CampaignEpoch epoch,
    Experiment experiment,
    Wiring wiring,
    CampaignFolder folder,
    CampaignObserver observer,
    MeterRegistry registry,
    NodeThreads threads,
    List<ActorRef<ReplayShard.Command>> shards,
    ActorRef<? super Dispatching> dispatcher) {
  /** A shard that is silent for longer makes the fit fail, and be tried again. */
  private static final Duration REPLAY_PATIENCE = Duration.ofMinutes(3);

  /** The actors that others speak to. */
  public record Spawned(ActorRef<Object> publisher, ActorRef<Object> campaign) {}

  /**
   * Starts the campaign. The actors are watched: should one of them break, the spawning actor gets
   * a {@link org.apache.pekko.actor.typed.Terminated} before any outcome.
   *
   * @param outcome is told once, at the end
   */
  public Spawned spawn(ActorContext<?> context, ActorRef<? super CampaignOutcome> outcome) {
    ActorRef<Object> publisher =
        context.spawn(
            about(
                Object.class,
                SnapshotPublisher.create(this::archived, observer::held, System::nanoTime)),
            "publisher",
            DispatcherSelector.blocking());
    RecordedImport importer =
        new RecordedImport(
            shards,
            context.getSystem().scheduler(),
            epoch.epoch(),
            Math.min(
                experiment.rollout().chunkRows(),
                ReplayShard.blockRows(
                    wiring.environment().states().size(), wiring.environment().actions().size())));
    ActorRef<Trainer.Command> trainer = spawnTrainer(context);
    ActorRef<Object> campaign =
        context.spawn(
            about(
                Object.class,
                Campaign.create(
                    new Campaign.Surroundings(
                        wiring.plan(),
                        epoch,
                        repeatable(),
                        dispatcher,
                        publisher,
                        trainer,
                        folder.store(),
                        () -> importer.run(folder.recording().orElseThrow()),
                        threads.executor("io", 1),
                        System::nanoTime,
                        observer,
                        outcome),
                    folder.state(),
                    folder.incumbent(),
                    folder.newest(),
                    folder.arrived())),
            "campaign");
    context.watch(publisher);
    context.watch(trainer);
    context.watch(campaign);
    return new Spawned(publisher, campaign);
  }

  /** What the actor logs carries the campaign as a key, and nothing else that its thread does. */
  private <T> Behavior<T> about(Class<T> messages, Behavior<T> actor) {
    return Behaviors.withMdc(messages, Map.of("campaign", epoch.campaign()), actor);
  }

  private ActorRef<Trainer.Command> spawnTrainer(ActorContext<?> context) {
    return context.spawn(
        about(
            Trainer.Command.class,
            Trainer.create(
                new Trainer.Surroundings(
                    epoch.campaign(),
                    experiment.seed(),
                    wiring.fitter(),
                    (iteration, jobs) ->
                        ShardReplayView.open(
                            context.getSystem(),
                            shards,
                            iteration,
                            jobs,
                            experiment.replay().capacity(),
                            REPLAY_PATIENCE),
                    rows(),
                    wiring::synthesize,
                    wiring::initialModel,
                    wiring.preflight(),
                    wiring.modelReturns(),
                    threads.executor("fitting", 1),
                    System::nanoTime,
                    registry),
                folder.incumbent())),
        "trainer");
  }

  private Trainer.Rows rows() {
    if (experiment.replay().capacity() > 0) {
      return Trainer.Rows.NEWEST;
    }
    return repeatable() ? Trainer.Rows.CONFIRMED : Trainer.Rows.FLOWN;
  }

  private boolean repeatable() {
    return wiring.environment().capabilities().contains(Capability.REPLAY);
  }

  private Optional<PolicySnapshot> archived(int version) {
    return version == 0 ? Optional.of(wiring.expert()) : folder.store().policy(version);
  }
}
