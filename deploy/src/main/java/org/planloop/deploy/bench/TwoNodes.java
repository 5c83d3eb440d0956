package org.planloop.deploy.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
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

/**
 * A cluster of two nodes in this process that speak over loopback, as they would between machines:
 * one publishes policies, the other has a cache and workers that wait for them.
 */
final class TwoNodes implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Settings of a node that listens to loopback only. */
  static final String LOOPBACK =
      """
      pekko.actor.provider = cluster
      pekko.remote.artery.transport = tcp
      pekko.remote.artery.canonical.hostname = "127.0.0.1"
      pekko.remote.artery.canonical.port = 0
      pekko.cluster.jmx.enabled = off
      pekko.cluster.gossip-interval = 100 ms
      pekko.cluster.leader-actions-interval = 100 ms
      """;

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

  private final ActorSystem<SpawnProtocol.Command> trainer =
      NodeActors.start(SpawnProtocol.create(), LOOPBACK);
  private final ActorSystem<SpawnProtocol.Command> node =
      NodeActors.start(SpawnProtocol.create(), LOOPBACK);
  private final ActorRef<Object> publisher;
  private final List<ActorRef<Object>> workers = new ArrayList<>();
  private int version;

  TwoNodes(int workers) {
    try {
      Cluster first = Cluster.get(trainer);
      first.manager().tell(Join.create(first.selfMember().address()));
      awaitUp(first);
      Cluster second = Cluster.get(node);
      second.manager().tell(Join.create(first.selfMember().address()));
      awaitUp(second);
      publisher =
          spawn(
              trainer,
              SnapshotPublisher.create(unknown -> Optional.empty()),
              "publisher",
              DispatcherSelector.blocking());
      String address = ActorRefResolver.get(trainer).toSerializationFormat(publisher);
      ActorRef<Object> remote = ActorRefResolver.get(node).resolveActorRef(address);
      ActorRef<Object> cache = spawn(node, SnapshotCache.create(remote), "cache", Props.empty());
      for (int i = 0; i < workers; i++) {
        this.workers.add(
            spawn(
                node,
                Behaviors.setup(context -> worker(context, cache)),
                "worker-" + i,
                Props.empty()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
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

  /** Spawns an actor on a node. */
  static <T> ActorRef<T> spawn(
      ActorSystem<SpawnProtocol.Command> on, Behavior<T> actor, String name, Props props) {
    return await(
        AskPattern.<SpawnProtocol.Command, ActorRef<T>>ask(
                on,
                replyTo -> new SpawnProtocol.Spawn<>(actor, name, props, replyTo),
                PATIENCE,
                on.scheduler())
            .toCompletableFuture());
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

  @Override
  public void close() {
    NodeActors.stop(node);
    NodeActors.stop(trainer);
  }
}
