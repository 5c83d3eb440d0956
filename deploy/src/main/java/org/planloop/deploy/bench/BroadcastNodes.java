package org.planloop.deploy.bench;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.planloop.cluster.SnapshotCache;
import org.planloop.cluster.SnapshotPublisher;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Snapshots.Chunk;

/**
 * A cluster in this process whose nodes speak over loopback, as they would between machines: one
 * publishes policies, each of the others has a cache and workers that wait for them.
 */
final class BroadcastNodes implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Asks a worker to get a policy and to count itself off when it has it. */
  private record Want(int version, Arrivals arrivals)
      implements NoSerializationVerificationNeeded {}

  /** Workers that still wait. */
  private record Arrivals(AtomicInteger left, CompletableFuture<Boolean> all) {
    void one() {
      if (left.decrementAndGet() == 0) {
        all.complete(true);
      }
    }
  }

  private final ActorSystem<SpawnProtocol.Command> trainer;
  private final List<ActorSystem<SpawnProtocol.Command>> nodes = new ArrayList<>();
  private final ActorRef<Object> publisher;
  private final List<ActorRef<Object>> workers = new ArrayList<>();
  private final AtomicLong received = new AtomicLong();
  private int version;

  /**
   * @param nodes that have workers
   * @param workers of each of them
   * @param transport settings of every node, one of {@link NodeActors}
   */
  BroadcastNodes(int nodes, int workers, Config transport) {
    trainer = NodeActors.start(SpawnProtocol.create(), transport);
    try {
      Cluster first = Cluster.get(trainer);
      first.manager().tell(Join.create(first.selfMember().address()));
      awaitUp(first);
      publisher =
          NodeActors.spawn(
              trainer,
              SnapshotPublisher.create(unknown -> Optional.empty()),
              "publisher",
              DispatcherSelector.blocking());
      String address = ActorRefResolver.get(trainer).toSerializationFormat(publisher);
      for (int i = 0; i < nodes; i++) {
        join(NodeActors.start(SpawnProtocol.create(), transport), first, address, workers);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void join(
      ActorSystem<SpawnProtocol.Command> node, Cluster first, String address, int workers) {
    nodes.add(node);
    Cluster cluster = Cluster.get(node);
    cluster.manager().tell(Join.create(first.selfMember().address()));
    awaitUp(cluster);
    ActorRef<Object> remote = ActorRefResolver.get(node).resolveActorRef(address);
    ActorRef<Object> cache =
        NodeActors.spawn(
            node,
            Behaviors.intercept(Counting::new, SnapshotCache.create(remote)),
            "cache",
            Props.empty());
    for (int i = 0; i < workers; i++) {
      this.workers.add(
          NodeActors.spawn(
              node,
              Behaviors.setup(context -> worker(context, cache)),
              "worker-" + i,
              Props.empty()));
    }
  }

  /** Counts what comes, before the cache sees it: whoever has a policy finds it counted. */
  private final class Counting extends BehaviorInterceptor<Object, Object> {
    Counting() {
      super(Object.class);
    }

    @Override
    public Behavior<Object> aroundReceive(
        TypedActorContext<Object> context, Object message, ReceiveTarget<Object> cache) {
      if (message instanceof Chunk chunk) {
        received.addAndGet(chunk.bytes().remaining());
      }
      return cache.apply(context, message);
    }
  }

  private static void awaitUp(Cluster cluster) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!cluster.selfMember().status().equals(MemberStatus.up())) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            "two nodes on loopback did not find each other within " + PATIENCE.toSeconds() + " s");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    return NodeActors.await(future, PATIENCE, "a node did not answer");
  }

  private static Behavior<Object> worker(ActorContext<Object> context, ActorRef<Object> cache) {
    return Behaviors.receive(Object.class)
        .onMessage(
            Want.class,
            want -> {
              cache.tell(new SnapshotCache.Get(want.version(), context.getSelf().narrow()));
              return waiting(context, cache, want);
            })
        .build();
  }

  private static Behavior<Object> waiting(
      ActorContext<Object> context, ActorRef<Object> cache, Want want) {
    return Behaviors.receive(Object.class)
        .onMessage(
            SnapshotCache.Ready.class,
            ready -> {
              if (ready.snapshot().version() != want.version()) {
                return Behaviors.same();
              }
              want.arrivals().one();
              return worker(context, cache);
            })
        .build();
  }

  /**
   * Publishes a policy as the next version, and returns when every worker has it. As in a campaign
   * the workers ask for it once it is published, not before.
   */
  void broadcast(PolicyDefinition policy) {
    int next = version + 1;
    Arrivals arrivals = new Arrivals(new AtomicInteger(workers.size()), new CompletableFuture<>());
    await(
        AskPattern.<Object, SnapshotPublisher.Published>ask(
                publisher,
                replyTo -> new SnapshotPublisher.Publish(new PolicySnapshot(next, policy), replyTo),
                PATIENCE,
                trainer.scheduler())
            .toCompletableFuture());
    workers.forEach(worker -> worker.tell(new Want(next, arrivals)));
    await(arrivals.all());
    version = next;
  }

  /** Policies that every worker has got. */
  int broadcasts() {
    return version;
  }

  /** Bytes of policies that have come to all nodes so far. */
  long received() {
    return received.get();
  }

  @Override
  public void close() {
    List<ActorSystem<SpawnProtocol.Command>> all = new ArrayList<>(nodes);
    all.add(trainer);
    NodeActors.stopAll(all);
  }
}
