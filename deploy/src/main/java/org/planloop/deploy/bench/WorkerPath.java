package org.planloop.deploy.bench;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.cluster.SnapshotCache;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.data.Purpose;
import org.planloop.deploy.config.Experiment;
import org.planloop.environment.Environment;
import org.planloop.expert.Experts;
import org.planloop.metrics.Meters;
import org.planloop.policy.Policies;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.actor.ReplayMetrics;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.rollout.Dispatcher;
import org.planloop.rollout.RolloutMetrics;
import org.planloop.rollout.Worker;
import org.planloop.rollout.WorkerMetrics;
import org.planloop.rollout.Workplaces;

/**
 * The way of a transition in one JVM: random actions in the environment, a worker, the replay
 * files, and the confirmation that it is on disk. The actors are those of a campaign.
 */
final class WorkerPath implements Runnable, AutoCloseable {
  private static final int COPIES = 16;
  private static final int JOBS_A_WORKER = 16;
  private static final long SEGMENT_BYTES = 1 << 28;

  private final Experiment experiment;
  private final Environment environment;
  private final int workers;
  private final ReplayStore store;
  private final ExecutorService flying;
  private final ActorSystem<Object> system;
  private int jobs;

  /**
   * @param folder for the replay files
   * @param workers flying at once
   */
  WorkerPath(String experiment, Path folder, int workers) throws IOException {
    this.experiment = Settings.of(experiment);
    this.environment = Settings.environment(this.experiment);
    this.workers = workers;
    store =
        ReplayStore.open(
            folder,
            new StoreIdentity("bench", environment.states().size(), environment.actions().size()),
            SEGMENT_BYTES);
    flying = Executors.newFixedThreadPool(workers);
    system =
        NodeActors.start(
            Behaviors.setup(this::node), ConfigFactory.parseString("pekko.actor.provider = local"));
  }

  private Behavior<Object> node(ActorContext<Object> context) {
    MeterRegistry registry = Meters.simple();
    Experts experts = Experts.on(WorkerPath.class.getClassLoader());
    ActorRef<ReplayShard.Command> shard =
        context.spawn(
            ReplayShard.create(store, new ReplayMetrics(registry, 0)),
            "replay",
            ReplayShard.dispatcher());
    ActorRef<Object> publisher =
        context.spawn(
            SnapshotPublisher.create(
                version ->
                    Optional.of(new PolicySnapshot(version, new PolicyDefinition.RandomActions()))),
            "publisher",
            DispatcherSelector.blocking());
    ActorRef<Object> cache = context.spawn(SnapshotCache.create(publisher), "snapshots");
    ActorRef<Dispatching> dispatcher =
        context.spawn(
            Dispatcher.create(System::nanoTime, new RolloutMetrics(registry)), "dispatcher");
    CampaignEpoch campaign = new CampaignEpoch("bench", store.epoch());
    ActorRef<Workplaces> workplaces =
        context.spawn(
            Workplaces.only(
                new Workplaces.Workplace(
                    campaign,
                    environment,
                    definition -> Policies.open(definition, environment, experts),
                    experiment.rollout(),
                    experiment.discount(),
                    cache,
                    List.of(shard))),
            "workplaces");
    WorkerMetrics metrics = new WorkerMetrics(registry, workers);
    for (int i = 0; i < workers; i++) {
      context.spawn(
          Worker.create(
              new Worker.Surroundings(dispatcher, workplaces, flying, System::nanoTime, metrics)),
          "worker-" + i);
    }
    return JobOwner.create(dispatcher, campaign);
  }

  /** Transitions of one run. */
  double transitions() {
    return (double) workers * JOBS_A_WORKER * COPIES * environment.maxSteps();
  }

  /** Flies, and returns when all of it is confirmed. */
  @Override
  public void run() {
    List<RolloutJob> next = new ArrayList<>();
    for (int i = 0; i < workers * JOBS_A_WORKER; i++) {
      next.add(new RolloutJob(Purpose.COLLECT, 1, jobs, 0, 1, 1, jobs * COPIES, COPIES, 0, 0));
      jobs++;
    }
    JobOwner.fly(system, next);
  }

  /** Stops the actors; the shard closes its files. */
  @Override
  public void close() {
    NodeActors.stop(system);
    flying.shutdown();
  }
}
