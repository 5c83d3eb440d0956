package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.planloop.cluster.SnapshotCache;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.data.Purpose;
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
import org.planloop.rollout.RolloutSettings;
import org.planloop.rollout.Worker;
import org.planloop.rollout.WorkerMetrics;
import org.planloop.rollout.Workplaces;

/**
 * Workers on several nodes of this process, over loopback, that fly waiting robots with a linear
 * policy for a dispatcher and a replay shard on a node of their own.
 */
final class RobotFleet implements AutoCloseable {
  private final Environment environment;
  private final ReplayStore store;
  private final ExecutorService flying = Executors.newCachedThreadPool();
  private final ActorSystem<SpawnProtocol.Command> core;
  private final List<ActorSystem<SpawnProtocol.Command>> nodes = new ArrayList<>();
  private final ActorRef<Dispatching> dispatcher;
  private final ActorRef<Object> owner;
  private final CampaignEpoch campaign;
  private int jobs;

  /**
   * @param folder for the replay files
   * @param workers in all, shared evenly between the nodes
   */
  RobotFleet(Path folder, WaitingRobot robot, int nodeCount, int workers) throws IOException {
    environment = robot.environment();
    store = ReplayStore.open(folder, new StoreIdentity("bench", 2, 1), 1 << 26);
    campaign = new CampaignEpoch("bench", store.epoch());
    core = NodeActors.start(SpawnProtocol.create(), NodeActors.LOOPBACK);
    ActorRef<ReplayShard.Command> shard =
        NodeActors.spawn(
            core,
            ReplayShard.create(store, new ReplayMetrics(Meters.simple(), 0)),
            "shard",
            ReplayShard.dispatcher());
    PolicyDefinition policy = new PolicyDefinition.LinearFeedback(2, 1, new double[] {-1, -1});
    ActorRef<Object> publisher =
        NodeActors.spawn(
            core,
            SnapshotPublisher.create(version -> Optional.of(new PolicySnapshot(version, policy))),
            "publisher",
            DispatcherSelector.blocking());
    dispatcher =
        NodeActors.spawn(
            core,
            Dispatcher.create(System::nanoTime, new RolloutMetrics(Meters.simple())),
            "dispatcher",
            Props.empty());
    owner = NodeActors.spawn(core, JobOwner.create(dispatcher, campaign), "owner", Props.empty());
    for (int i = 0; i < nodeCount; i++) {
      int here = workers / nodeCount + (i < workers % nodeCount ? 1 : 0);
      if (here > 0) {
        nodes.add(node(here, shard, publisher));
      }
    }
  }

  private ActorSystem<SpawnProtocol.Command> node(
      int workers, ActorRef<ReplayShard.Command> shard, ActorRef<Object> publisher) {
    ActorSystem<SpawnProtocol.Command> node =
        NodeActors.start(SpawnProtocol.create(), NodeActors.LOOPBACK);
    ActorRef<Object> cache =
        NodeActors.spawn(
            node, SnapshotCache.create(across(publisher, node)), "cache", Props.empty());
    Experts experts = Experts.on(RobotFleet.class.getClassLoader());
    ActorRef<Workplaces> workplaces =
        NodeActors.spawn(
            node,
            Workplaces.only(
                new Workplaces.Workplace(
                    campaign,
                    environment,
                    definition -> Policies.open(definition, environment, experts),
                    new RolloutSettings(workers, 1, 256),
                    1,
                    cache,
                    List.of(across(shard, node)))),
            "workplaces",
            Props.empty());
    ActorRef<Dispatching> remote = across(dispatcher, node);
    WorkerMetrics metrics = new WorkerMetrics(Meters.simple(), workers);
    for (int i = 0; i < workers; i++) {
      ActorRef<Object> unused =
          NodeActors.spawn(
              node,
              Worker.create(
                  new Worker.Surroundings(remote, workplaces, flying, System::nanoTime, metrics)),
              "worker-" + i,
              Props.empty());
    }
    return node;
  }

  private <T> ActorRef<T> across(ActorRef<T> actor, ActorSystem<?> node) {
    return ActorRefResolver.get(node)
        .resolveActorRef(ActorRefResolver.get(core).toSerializationFormat(actor));
  }

  /** Flies so many episodes, and returns when every row of them is confirmed. */
  void fly(int episodes) {
    List<RolloutJob> next = new ArrayList<>();
    for (int i = 0; i < episodes; i++) {
      next.add(new RolloutJob(Purpose.COLLECT, 1, jobs, 0, 1, 1, jobs, 1, 0, 0));
      jobs++;
    }
    JobOwner.fly(owner, next);
  }

  @Override
  public void close() {
    nodes.forEach(NodeActors::stop);
    NodeActors.stop(core);
    flying.shutdown();
  }
}
