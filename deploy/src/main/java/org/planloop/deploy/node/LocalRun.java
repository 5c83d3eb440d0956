package org.planloop.deploy.node;

import com.typesafe.config.Config;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.cluster.SnapshotCache;
import org.planloop.deploy.config.Experiment;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreExtents;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.actor.ReplayMetrics;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.rollout.Dispatcher;
import org.planloop.rollout.RolloutMetrics;
import org.planloop.rollout.Worker;
import org.planloop.rollout.WorkerMetrics;
import org.planloop.rollout.Workplaces;

/**
 * A campaign in this process: all roles on one node, with the same actors as in a cluster. Open it,
 * await its outcome, close it; closed early it leaves a run folder that can be resumed.
 */
final class LocalRun implements RunningCampaign {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final Experiment experiment;
  private final Wiring wiring;
  private final Surroundings surroundings;
  private final List<ReplayStore> stores = new ArrayList<>();
  private final NodeThreads threads = new NodeThreads();
  private final CompletableFuture<Summary> result = new CompletableFuture<>();
  private final CampaignEpoch epoch;
  private final CompletableFuture<List<ActorRef<ReplayShard.Command>>> replay =
      new CompletableFuture<>();
  private final ActorSystem<Object> system;

  /**
   * What a run needs besides its experiment.
   *
   * @param replay folder of the segment files
   * @param actors settings of the actor system, complete
   * @param flying the threads of a worker by its number, given those of all: for tests with a slow
   *     one
   */
  record Surroundings(
      CampaignFolder folder,
      Path replay,
      CampaignObserver observer,
      MeterRegistry registry,
      Config actors,
      BiFunction<Integer, Executor, Executor> flying) {}

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
      this.epoch = new CampaignEpoch(surroundings.folder().id(), openReplay());
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
    long newest = 0;
    for (int i = 0; i < experiment.replay().shards(); i++) {
      ReplayStore store = openShard(i);
      stores.add(store);
      newest = Math.max(newest, store.epoch());
    }
    for (ReplayStore store : stores) {
      store.fence(newest + 1);
    }
    return newest + 1;
  }

  private ReplayStore openShard(int number) throws IOException {
    Path folder = ReplayFolders.of(surroundings.replay(), number, experiment.replay().shards());
    return ReplayStore.open(
        folder,
        new StoreIdentity(
            surroundings.folder().id(),
            wiring.environment().states().size(),
            wiring.environment().actions().size()),
        experiment.replay().segmentBytes());
  }

  @Override
  public List<ProgressRow> earlier() {
    return surroundings.folder().state().rows();
  }

  @Override
  public List<AuditEntry> decided() {
    return surroundings.folder().state().safety().audit();
  }

  @Override
  public CompletableFuture<Summary> result() {
    return result;
  }

  private Behavior<Object> node(ActorContext<Object> context) {
    RolloutMetrics metrics = new RolloutMetrics(surroundings.registry());
    List<ActorRef<ReplayShard.Command>> shards = new ArrayList<>();
    for (int i = 0; i < stores.size(); i++) {
      int number = i;
      shards.add(
          context.spawn(
              ReplayShard.create(
                  stores.get(i),
                  () -> openShard(number),
                  new ReplayMetrics(surroundings.registry(), i)),
              "replay-" + i,
              ReplayShard.dispatcher()));
    }
    replay.complete(List.copyOf(shards));
    ActorRef<Dispatching> dispatcher =
        context.spawn(Dispatcher.create(System::nanoTime, metrics), "dispatcher");
    ActorRef<Object> publisher =
        new CampaignActors(
                epoch,
                experiment,
                wiring,
                surroundings.folder(),
                surroundings.observer(),
                surroundings.registry(),
                threads,
                shards,
                dispatcher)
            .spawn(context, context.getSelf().narrow())
            .publisher();
    spawnWorkers(context, shards, publisher, dispatcher);
    return Behaviors.receive(Object.class)
        .onMessage(
            CampaignOutcome.class,
            ended -> {
              end(ended);
              return Behaviors.same();
            })
        .onSignal(
            Terminated.class,
            broken -> {
              // After an outcome this changes nothing.
              result.completeExceptionally(
                  new CampaignFailedException(
                      "the actor "
                          + broken.getRef().path().name()
                          + " broke; the log above says why"));
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
      ActorRef<Object> publisher,
      ActorRef<Dispatching> dispatcher) {
    ActorRef<Object> cache = context.spawn(SnapshotCache.create(publisher), "snapshots");
    ActorRef<Workplaces> workplaces =
        context.spawn(
            Workplaces.only(
                new Workplaces.Workplace(
                    epoch,
                    wiring.environment(),
                    wiring::open,
                    experiment.rollout(),
                    experiment.discount(),
                    cache,
                    shards)),
            "workplaces");
    int count = experiment.rollout().workers();
    int workers = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
    ExecutorService flying = threads.executor("flying", workers);
    WorkerMetrics metrics = new WorkerMetrics(surroundings.registry(), workers);
    for (int i = 0; i < workers; i++) {
      context.spawn(
          Worker.create(
              new Worker.Surroundings(
                  dispatcher,
                  workplaces,
                  surroundings.flying().apply(i, flying),
                  System::nanoTime,
                  metrics)),
          "worker-" + i);
    }
  }

  /** What of a shard's files is on disk for good, also when the run is closed. */
  StoreExtents extents(int shard) throws IOException, InterruptedException {
    CompletableFuture<?> gone = system.getWhenTerminated().toCompletableFuture();
    if (!gone.isDone()) {
      try {
        ActorRef<ReplayShard.Command> actor =
            replay.get(ANSWER.toSeconds(), TimeUnit.SECONDS).get(shard);
        CompletableFuture<ReplayShard.Extents> answer =
            AskPattern.<ReplayShard.Command, ReplayShard.Extents>ask(
                    actor, ReplayShard.GetExtents::new, ANSWER, system.scheduler())
                .toCompletableFuture();
        CompletableFuture.anyOf(answer, gone).get(2 * ANSWER.toSeconds(), TimeUnit.SECONDS);
        if (answer.isDone()) {
          return known(shard, answer.get());
        }
      } catch (ExecutionException | TimeoutException | IllegalStateException e) {
        throw new IOException("replay shard " + shard + " does not answer", e);
      }
    }
    // Rows came in until the last actor had stopped, and so did what names them.
    try (ReplayStore store = openShard(shard)) {
      return store.extents();
    }
  }

  private static StoreExtents known(int shard, ReplayShard.Extents answer) throws IOException {
    StoreExtents extents = answer.extents();
    if (extents == null) {
      throw new IOException("replay shard " + shard + ": " + answer.trouble());
    }
    return extents;
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
      threads.close();
      result.cancel(false);
    }
  }

  private void closeReplay() throws IOException {
    for (ReplayStore store : stores) {
      store.close();
    }
  }
}
