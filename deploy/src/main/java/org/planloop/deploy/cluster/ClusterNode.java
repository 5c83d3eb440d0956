package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Leave;
import org.jspecify.annotations.Nullable;
import org.planloop.cluster.RoleDirectory;
import org.planloop.cluster.Roles;
import org.planloop.cluster.Route;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.NodeThreads;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.S3ObjectStore;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.Build;
import org.planloop.protocol.Dispatching;
import org.planloop.rollout.Dispatcher;
import org.planloop.rollout.RolloutMetrics;
import org.planloop.rollout.Worker;
import org.planloop.rollout.WorkerMetrics;
import org.planloop.rollout.Workplaces;
import org.planloop.storage.FileLocks;

/** A node of a cluster in this process: the actors of its roles, until it is stopped or removed. */
public final class ClusterNode {
  /** What a process exits with that is to be started again: it was removed from its cluster. */
  public static final int START_ANEW = 75;

  private static final int REFUSED = 1;

  /** Removed from the cluster, or not let in while it could be found: another try may do better. */
  private static final Set<CoordinatedShutdown.Reason> BEGIN_AGAIN =
      Set.of(
          CoordinatedShutdown.clusterDowningReason(),
          CoordinatedShutdown.clusterJoinUnsuccessfulReason());

  /** A node that has begun to stop has stopped after this long, whatever still hangs. */
  private static final Duration STOPPED = Duration.ofSeconds(25);

  /** How long workers may take over the jobs that they fly when the node is drained. */
  private static final Duration DRAINING = Duration.ofMinutes(10);

  /** The same when the process was told to go. */
  private static final Duration STOPPING = Duration.ofSeconds(8);

  private final NodeSettings settings;
  private final Parts parts;
  private final Build build;
  private final MeterRegistry registry;
  private final Function<StoreSettings, ObjectStore> stores;
  private final NodeThreads threads = new NodeThreads();
  private final ExecutorService looking = threads.executor("looking", 1);
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final @Nullable FileChannel lock;
  private final ActorSystem<Object> system;
  private volatile String refusal = "";
  private volatile boolean emptied;

  private record Empty(Duration grace, CompletableFuture<Done> done)
      implements NoSerializationVerificationNeeded {}

  private enum Emptied implements NoSerializationVerificationNeeded {
    NOW
  }

  /**
   * Starts the node.
   *
   * @throws InvalidInputException if its folder is another node's, or it cannot listen
   */
  public ClusterNode(NodeSettings settings, Parts parts, Build build, MeterRegistry registry) {
    this(settings, parts, build, registry, S3ObjectStore::new);
  }

  /**
   * @param stores opens the object store
   */
  ClusterNode(
      NodeSettings settings,
      Parts parts,
      Build build,
      MeterRegistry registry,
      Function<StoreSettings, ObjectStore> stores) {
    this.stores = stores;
    this.settings = settings;
    this.parts = parts;
    this.build = build;
    this.registry = registry;
    this.lock = settings.core() ? claim(settings.data()) : null;
    if (settings.has(Roles.REPLAY)) {
      Shards.claim(replayFolder(), settings.cluster(), settings.shard());
    }
    try {
      this.system =
          ActorSystem.create(
              Behaviors.setup(this::guardian), settings.cluster(), NodeConfig.node(settings));
    } catch (RuntimeException e) {
      release();
      throw cannotListen(settings.bind(), e);
    }
    CoordinatedShutdown.get(system)
        .addTask(CoordinatedShutdown.PhaseServiceUnbind(), "finish-jobs", () -> empty(STOPPING));
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "bound",
            () -> {
              // Connections do not always close; what must be kept is kept before.
              CompletableFuture.delayedExecutor(STOPPED.toSeconds(), TimeUnit.SECONDS)
                  .execute(() -> ended.complete(exitCode()));
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    var unused =
        system
            .getWhenTerminated()
            .whenComplete(
                (done, failure) -> {
                  threads.close();
                  release();
                  ended.complete(exitCode());
                });
    if (settings.joining() instanceof Joining.Kubernetes how) {
      try {
        KubernetesJoining.installed().begin(system, settings, how);
      } catch (RuntimeException e) {
        system.terminate();
        throw e;
      }
    }
  }

  static InvalidInputException cannotListen(HostPort bind, RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null && !(cause instanceof InvalidInputException)) {
      cause = cause.getCause();
    }
    if (cause instanceof InvalidInputException known) {
      return known;
    }
    return new InvalidInputException(
        "--bind "
            + bind
            + ": cannot listen there ("
            + cause.getMessage()
            + "); is another node running on this port?",
        e);
  }

  private Path replayFolder() {
    return settings.data().resolve("replay");
  }

  private static FileChannel claim(Path data) {
    try {
      Files.createDirectories(data);
      FileChannel channel =
          FileChannel.open(
              data.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (FileLocks.tryLock(channel).isEmpty()) {
        channel.close();
        throw new InvalidInputException(
            "--data "
                + data
                + ": another node has this folder; stop it, or give each node a folder of its own");
      }
      return channel;
    } catch (IOException e) {
      throw new InvalidInputException("--data " + data + ": cannot be used: " + e.getMessage(), e);
    }
  }

  private void release() {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private int exitCode() {
    boolean removed =
        CoordinatedShutdown.get(system)
            .getShutdownReason()
            .filter(BEGIN_AGAIN::contains)
            .isPresent();
    if (!refusal.isEmpty()) {
      return REFUSED;
    }
    return removed ? START_ANEW : 0;
  }

  /** How the node is, for whoever asks from outside. */
  public NodeView view() {
    return view(System::nanoTime);
  }

  NodeView view(LongSupplier nanoTime) {
    Map<String, Path> writable = new LinkedHashMap<>();
    if (settings.has(Roles.TRAINER)) {
      writable.put("data", settings.data());
    }
    if (settings.has(Roles.REPLAY)) {
      writable.put("replay", replayFolder());
    }
    return new NodeView(
        settings,
        build.version(),
        system,
        () -> emptied,
        writable,
        threads.executor("probe", 2),
        nanoTime);
  }

  /** Completes with the process's exit code once the node has stopped. */
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  /** Finishes or hands back jobs, keeps what is final, leaves the cluster, and stops. */
  public void stop() {
    var unused = CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.jvmExitReason());
  }

  /** A cluster has one trainer: this node was told to be a second one. */
  private void giveWay(String trainer) {
    if (refusal.isEmpty()) {
      refusal =
          "cluster "
              + settings.cluster()
              + " has a trainer at "
              + trainer
              + ", and it can have only one; stop that one first, or start this node without the role";
      stop();
    }
  }

  /** Why the node does not run; empty where nothing is wrong with it. */
  public String refusal() {
    return refusal;
  }

  /** Without a farewell: whoever would answer it is in another cluster. */
  private void startAnew() {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Down.apply(cluster.selfMember().address()));
  }

  private CompletionStage<NodeActor.Members> lookFromOutside() {
    List<HostPort> seeds = NodeConfig.seeds(settings);
    if (seeds.isEmpty()) {
      return CompletableFuture.failedFuture(
          new ClusterClient.NoAnswerException("there is no other side: the lease sees to that"));
    }
    Listening here =
        new Listening(new HostPort(settings.bind().host(), 0), settings.listening().here());
    ClusterAccess access =
        new ClusterAccess(settings.cluster(), seeds, Optional.of(here), settings.tls());
    return CompletableFuture.supplyAsync(
        () -> {
          try (ClusterClient client = new ClusterClient(access)) {
            return client.members();
          }
        },
        looking);
  }

  private void drain() {
    var unused =
        empty(DRAINING)
            .thenRun(
                () -> {
                  Cluster cluster = Cluster.get(system);
                  cluster.manager().tell(Leave.create(cluster.selfMember().address()));
                });
  }

  private CompletionStage<Done> empty(Duration grace) {
    emptied = true;
    CompletableFuture<Done> done = new CompletableFuture<>();
    system.tell(new Empty(grace, done));
    return done;
  }

  private static List<String> replayNodes(ActorSystem<?> system) {
    List<String> nodes = new ArrayList<>();
    for (Member member : Cluster.get(system).state().getMembers()) {
      if (member.hasRole(Roles.REPLAY)) {
        nodes.add(member.address().hostPort());
      }
    }
    return nodes;
  }

  private Behavior<Object> guardian(ActorContext<Object> context) {
    ActorRef<RoleDirectory.Command> directory = context.spawn(RoleDirectory.create(), "directory");
    context.spawn(
        NodeActor.create(this::lookFromOutside, this::drain, this::startAnew, this::giveWay),
        NodeActor.NAME);
    Optional<ActorRef<Object>> campaigns = Optional.empty();
    if (settings.has(Roles.TRAINER)) {
      ActorRef<Object> dispatcher =
          context.spawn(
              Dispatcher.open(System::nanoTime, new RolloutMetrics(registry)), "dispatcher");
      campaigns =
          Optional.of(
              context.spawn(
                  Campaigns.create(
                      new Campaigns.Surroundings(
                          settings.data().resolve("runs"),
                          parts,
                          build,
                          InstantSource.system(),
                          registry,
                          threads.executor("records", 1),
                          directory,
                          dispatcher,
                          settings
                              .objectStore()
                              .map(
                                  store ->
                                      new CampaignCopying(
                                          context.getSystem(),
                                          settings.data().resolve("runs"),
                                          store,
                                          stores,
                                          registry,
                                          threads.executor("restoring", 1))))),
                  Campaigns.NAME,
                  DispatcherSelector.blocking()));
      context.spawn(
          Watchdog.create(
              campaigns.get(),
              context.getSystem().settings().config().getDuration("planloop.cluster.patience"),
              () -> replayNodes(context.getSystem())),
          "watchdog");
    }
    if (settings.has(Roles.REPLAY)) {
      context.spawn(
          Shards.create(settings.shard(), replayFolder(), registry),
          Shards.NAME,
          DispatcherSelector.blocking());
      context.spawn(
          ShardCopier.create(
              new ShardCopier.Surroundings(
                  settings.shard(),
                  settings.data(),
                  settings.objectStore(),
                  stores,
                  threads.executor("copying", 1),
                  registry)),
          ShardCopier.NAME);
    }
    List<ActorRef<Object>> workers =
        settings.has(Roles.WORKER) ? spawnWorkers(context, directory) : List.of();
    context.getChildren().forEach(context::watch);
    return running(context, workers, campaigns);
  }

  private List<ActorRef<Object>> spawnWorkers(
      ActorContext<Object> context, ActorRef<RoleDirectory.Command> directory) {
    int count =
        settings.workers() == 0 ? Runtime.getRuntime().availableProcessors() : settings.workers();
    WorkerMetrics metrics = new WorkerMetrics(registry, count);
    ActorRef<Dispatching> dispatcher =
        context
            .spawn(Route.to(directory, Roles.TRAINER, "/user/dispatcher"), "to-dispatcher")
            .narrow();
    ActorRef<Workplaces.Get> workplaces =
        context
            .spawn(
                NodeWorkplaces.create(
                    parts, count, threads.executor("making", 1), directory, registry),
                "workplaces")
            .narrow();
    ExecutorService flying = threads.executor("flying", count);
    List<ActorRef<Object>> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ActorRef<Object> worker =
          context.spawn(
              Behaviors.supervise(
                      Worker.create(
                          new Worker.Surroundings(
                              dispatcher, workplaces, flying, System::nanoTime, metrics)))
                  .onFailure(
                      SupervisorStrategy.restartWithBackoff(
                          Duration.ofSeconds(1), Duration.ofSeconds(30), 0.1)),
              "worker-" + i);
      workers.add(worker);
    }
    return workers;
  }

  private Behavior<Object> running(
      ActorContext<Object> context,
      List<ActorRef<Object>> workers,
      Optional<ActorRef<Object>> campaigns) {
    return Behaviors.receive(Object.class)
        .onMessage(Empty.class, empty -> emptying(context, workers, campaigns, empty))
        .onMessage(Ping.class, Ping::answer)
        .onSignal(Terminated.class, this::onBroken)
        .build();
  }

  /** None of the standing actors ends by itself, and the node is none without it. */
  private Behavior<Object> onBroken(Terminated broken) {
    String reason =
        broken instanceof ChildFailed failed ? String.valueOf(failed.cause()) : "it stopped";
    system
        .log()
        .error("{} broke, and the node starts anew: {}", broken.getRef().path().name(), reason);
    startAnew();
    return Behaviors.same();
  }

  /** Campaigns stop at once, with all that is final; workers once their jobs are done. */
  private Behavior<Object> emptying(
      ActorContext<Object> context,
      List<ActorRef<Object>> workers,
      Optional<ActorRef<Object>> campaigns,
      Empty empty) {
    campaigns.ifPresent(
        actor -> {
          context.watch(actor);
          actor.tell(Campaigns.Stop.NOW);
        });
    workers.forEach(worker -> worker.tell(Worker.Drain.NOW));
    List<ActorRef<Void>> left = new ArrayList<>();
    campaigns.ifPresent(actor -> left.add(actor.unsafeUpcast()));
    context.getChildren().stream()
        .filter(child -> child.path().name().startsWith("worker-"))
        .forEach(left::add);
    if (left.isEmpty()) {
      empty.done().complete(Done.getInstance());
    }
    context.scheduleOnce(empty.grace(), context.getSelf(), Emptied.NOW);
    return Behaviors.receive(Object.class)
        .onMessage(
            Empty.class,
            again -> {
              // The process is to go while the node drains.
              context.scheduleOnce(again.grace(), context.getSelf(), Emptied.NOW);
              var unused = empty.done().thenAccept(again.done()::complete);
              return Behaviors.same();
            })
        .onMessage(Ping.class, Ping::answer)
        .onMessageEquals(
            Emptied.NOW,
            () -> {
              empty.done().complete(Done.getInstance());
              return Behaviors.same();
            })
        .onSignal(
            Terminated.class,
            gone -> {
              left.removeIf(actor -> actor.path().equals(gone.getRef().path()));
              if (left.isEmpty()) {
                empty.done().complete(Done.getInstance());
              }
              return Behaviors.same();
            })
        .build();
  }
}
