package org.planloop.deploy.node;

import com.typesafe.config.Config;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.Campaign;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.CampaignStore;
import org.planloop.campaign.ExpertRecording;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.checkpoint.RunCampaignStore;
import org.planloop.checkpoint.RunStore;
import org.planloop.cluster.SnapshotCache;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Dispatching;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.actor.ReplayMetrics;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.replay.actor.ShardReplayView;
import org.planloop.rollout.Dispatcher;
import org.planloop.rollout.RolloutMetrics;
import org.planloop.rollout.Worker;
import org.planloop.trainer.Trainer;

/**
 * A campaign in this process: all roles on one node, with the same actors as in a cluster. Open it,
 * await its outcome, close it; closed early it leaves a run folder that can be resumed.
 */
final class LocalRun implements RunningCampaign {
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final Experiment experiment;
  private final Wiring wiring;
  private final Surroundings surroundings;
  private final List<ReplayStore> stores = new ArrayList<>();
  private final List<ExecutorService> executors = new ArrayList<>();
  private final CompletableFuture<Summary> result = new CompletableFuture<>();
  private final long epoch;
  private final ActorSystem<Object> system;

  /**
   * What a run needs besides its experiment.
   *
   * @param id the campaign's id: names storage only
   * @param replay folder of the segment files
   * @param store where iterations and the choice are kept
   * @param from what to go on from; empty for a new run
   * @param recording the recorded expert data, for a new run with {@code expert.kind = recorded}
   * @param actors settings of the actor system, complete
   */
  record Surroundings(
      String id,
      Path replay,
      CampaignStore store,
      Optional<RunStore.Restored> from,
      Optional<ExpertRecording> recording,
      CampaignObserver observer,
      MeterRegistry registry,
      Config actors) {}

  /**
   * Starts the campaign.
   *
   * @throws org.planloop.data.InvalidInputException if another run holds the replay files
   * @throws IOException if the replay files cannot be opened
   */
  LocalRun(Experiment experiment, Wiring wiring, Surroundings surroundings) throws IOException {
    this.experiment = experiment;
    this.wiring = wiring;
    this.surroundings = surroundings;
    try {
      this.epoch = openReplay();
      this.system =
          ActorSystem.create(Behaviors.setup(this::node), "planloop", surroundings.actors());
    } catch (IOException | RuntimeException e) {
      closeReplay();
      throw e;
    }
  }

  /**
   * Opens the shards' files and takes them for this run: what an earlier one still sends is refused
   * from here on.
   */
  private long openReplay() throws IOException {
    int shards = experiment.replay().shards();
    StoreIdentity identity =
        new StoreIdentity(
            surroundings.id(),
            wiring.environment().states().size(),
            wiring.environment().actions().size());
    long newest = 0;
    for (int i = 0; i < shards; i++) {
      Path folder =
          shards == 1 ? surroundings.replay() : surroundings.replay().resolve("shard-" + i);
      ReplayStore store = ReplayStore.open(folder, identity, experiment.replay().segmentBytes());
      stores.add(store);
      newest = Math.max(newest, store.epoch());
    }
    for (ReplayStore store : stores) {
      store.fence(newest + 1);
    }
    return newest + 1;
  }

  @Override
  public List<ProgressRow> earlier() {
    return surroundings.from().map(from -> from.state().rows()).orElse(List.of());
  }

  @Override
  public List<AuditEntry> decided() {
    return surroundings.from().map(from -> from.state().safety().audit()).orElse(List.of());
  }

  @Override
  public CompletableFuture<Summary> result() {
    return result;
  }

  private Behavior<Object> node(ActorContext<Object> context) {
    RolloutMetrics metrics = new RolloutMetrics(surroundings.registry());
    List<ActorRef<ReplayShard.Command>> shards = new ArrayList<>();
    for (int i = 0; i < stores.size(); i++) {
      shards.add(
          context.spawn(
              ReplayShard.create(stores.get(i), new ReplayMetrics(surroundings.registry(), i)),
              "replay-" + i,
              ReplayShard.dispatcher()));
    }
    ActorRef<Object> publisher =
        context.spawn(
            SnapshotPublisher.create(this::archived), "publisher", DispatcherSelector.blocking());
    ActorRef<Object> cache = context.spawn(SnapshotCache.create(publisher), "snapshots");
    ActorRef<Dispatching> dispatcher =
        context.spawn(Dispatcher.create(System::nanoTime, metrics), "dispatcher");
    spawnWorkers(context, shards, cache, dispatcher, metrics);
    ActorRef<Trainer.Command> trainer = spawnTrainer(context, shards);
    RecordedImport importer =
        new RecordedImport(
            shards,
            context.getSystem().scheduler(),
            epoch,
            Math.min(
                experiment.rollout().chunkRows(),
                ReplayShard.blockRows(
                    wiring.environment().states().size(), wiring.environment().actions().size())));
    context.spawn(
        Campaign.create(
            new Campaign.Surroundings(
                wiring.plan(),
                dispatcher,
                publisher,
                trainer,
                surroundings.store(),
                () -> importer.run(surroundings.recording().orElseThrow()),
                executor("io", 1),
                System::nanoTime,
                surroundings.observer(),
                context.getSelf().narrow()),
            surroundings.from().map(RunStore.Restored::state).orElse(CampaignState.EMPTY),
            incumbent(),
            newest()),
        "campaign");
    return Behaviors.receive(Object.class)
        .onMessage(
            CampaignOutcome.class,
            ended -> {
              end(ended);
              return Behaviors.same();
            })
        .build();
  }

  private void end(CampaignOutcome outcome) {
    if (outcome instanceof CampaignOutcome.Finished finished) {
      result.complete(Summaries.of(experiment, finished));
    } else if (outcome instanceof CampaignOutcome.Failed failed) {
      result.completeExceptionally(new CampaignFailedException(failed.reason()));
    }
  }

  private void spawnWorkers(
      ActorContext<Object> context,
      List<ActorRef<ReplayShard.Command>> shards,
      ActorRef<Object> cache,
      ActorRef<Dispatching> dispatcher,
      RolloutMetrics metrics) {
    int count = experiment.rollout().workers();
    int workers = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    ExecutorService flying = executor("flying", workers);
    for (int i = 0; i < workers; i++) {
      context.spawn(
          Worker.create(
              new Worker.Surroundings(
                  wiring.environment(),
                  wiring::open,
                  experiment.rollout(),
                  experiment.discount(),
                  epoch,
                  dispatcher,
                  cache,
                  shards,
                  flying,
                  System::nanoTime,
                  metrics)),
          "worker-" + i);
    }
  }

  private ActorRef<Trainer.Command> spawnTrainer(
      ActorContext<Object> context, List<ActorRef<ReplayShard.Command>> shards) {
    return context.spawn(
        Trainer.create(
            new Trainer.Surroundings(
                experiment.seed(),
                wiring.fitter(),
                iteration ->
                    ShardReplayView.open(
                        context.getSystem(),
                        shards,
                        iteration,
                        experiment.replay().capacity(),
                        ANSWER),
                experiment.replay().capacity() == 0,
                wiring::synthesize,
                wiring::initialModel,
                wiring.preflight(),
                wiring.modelReturns(),
                executor("fitting", 1),
                System::nanoTime,
                surroundings.registry()),
            incumbent()),
        "trainer");
  }

  private Optional<ModelParameters> incumbent() {
    return surroundings.from().flatMap(RunCampaignStore::model);
  }

  /** pi_i+1, which flies next. */
  private Optional<PolicyDefinition> newest() {
    return surroundings
        .from()
        .flatMap(from -> surroundings.store().policy(from.state().iteration() + 1))
        .map(PolicySnapshot::definition);
  }

  private Optional<PolicySnapshot> archived(int version) {
    return version == 0 ? Optional.of(wiring.expert()) : surroundings.store().policy(version);
  }

  private ExecutorService executor(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    ExecutorService executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "planloop-" + name + "-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    executors.add(executor);
    return executor;
  }

  @Override
  public void close() {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(STOP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "the actors did not stop within " + STOP.toSeconds() + " s", e);
    } finally {
      executors.forEach(ExecutorService::shutdownNow);
      result.cancel(false);
    }
  }

  private void closeReplay() throws IOException {
    for (ReplayStore store : stores) {
      store.close();
    }
  }
}
