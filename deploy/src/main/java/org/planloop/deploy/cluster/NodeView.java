package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.planloop.cluster.Roles;
import org.planloop.rollout.Dispatcher;

/**
 * How a node is, for whoever asks from outside of the actors. Every answer comes within seconds,
 * whatever has happened to the node. Safe for use by several threads.
 */
public final class NodeView {
  private static final Duration GUARDIAN = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(2);

  /** A worker whose trainer has been silent for longer has nobody to fly for. */
  private static final Duration TRAINER_SILENT = Duration.ofSeconds(15);

  /**
   * A look at one part of the node.
   *
   * @param part the membership, or a role
   * @param trouble why it cannot do its work; empty if it can
   */
  public record Check(String part, Optional<String> trouble) {}

  private final NodeSettings settings;
  private final String version;
  private final ActorSystem<Object> system;
  private final Cluster cluster;
  private final Questions questions;
  private final BooleanSupplier draining;
  private final LongSupplier nanoTime;
  private final Map<String, DiskProbe> disks = new LinkedHashMap<>();
  private final AtomicBoolean hasStarted = new AtomicBoolean();
  private final AtomicReference<Optional<Long>> trainerHeard =
      new AtomicReference<>(Optional.empty());

  /**
   * @param draining whether the node finishes its jobs and goes
   * @param writable folders that the node's roles write to, by what they hold
   * @param probing runs blocking writes, as many at a time as there are folders
   * @param nanoTime a monotonic clock
   */
  NodeView(
      NodeSettings settings,
      String version,
      ActorSystem<Object> system,
      BooleanSupplier draining,
      Map<String, Path> writable,
      Executor probing,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.version = version;
    this.system = system;
    this.cluster = Cluster.get(system);
    this.questions = new Questions(system);
    this.draining = draining;
    this.nanoTime = nanoTime;
    writable.forEach((what, folder) -> disks.put(what, new DiskProbe(folder, probing, nanoTime)));
  }

  /** Adds figures of node, cluster and disks to a registry, for as long as it is asked. */
  public void showIn(MeterRegistry registry) {
    NodeMeters.bind(registry, settings.roles(), version, cluster, disks);
  }

  /** Why the process makes no progress; empty if it does. */
  public Optional<String> dead() {
    if (system.getWhenTerminated().toCompletableFuture().isDone()) {
      return Optional.of("the actor system has stopped");
    }
    return Questions.await(questions.ask(system, Ping::new, GUARDIAN)).isPresent()
        ? Optional.empty()
        : Optional.of("the node's first actor has not answered for " + text(GUARDIAN));
  }

  /** Whether the node can do its work: it is in its cluster, and each role can do its own. */
  public List<Check> ready() {
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("member", notMember()));
    checks.addAll(rolesHere());
    if (settings.has(Roles.WORKER)) {
      checks.add(new Check(Roles.WORKER, noTrainer()));
    }
    if (!disks.isEmpty()) {
      checks.add(
          new Check(
              "disk",
              disks.values().stream()
                  .map(disk -> disk.trouble(ANSWER))
                  .flatMap(Optional::stream)
                  .findFirst()));
    }
    return checks;
  }

  /** Whether the node's own actors have come up, whoever else is there; once they have, always. */
  public List<Check> started() {
    if (hasStarted.get()) {
      return List.of();
    }
    List<Check> checks = new ArrayList<>();
    checks.add(new Check("actors", dead()));
    checks.addAll(rolesHere());
    if (checks.stream().allMatch(check -> check.trouble().isEmpty())) {
      hasStarted.set(true);
    }
    return checks;
  }

  private Optional<String> notMember() {
    MemberStatus status = cluster.selfMember().status();
    if (draining.getAsBoolean()) {
      return Optional.of("the node finishes its jobs and goes");
    }
    return status.equals(MemberStatus.up())
        ? Optional.empty()
        : Optional.of("the node is " + status + ", not Up; it joins " + settings.joining());
  }

  /** The actors of trainer and replay. */
  private List<Check> rolesHere() {
    List<Check> checks = new ArrayList<>();
    String here = cluster.selfMember().address().toString();
    if (settings.has(Roles.TRAINER)) {
      CompletableFuture<Ping.Pong> campaigns = ping(here, Campaigns.NAME);
      CompletableFuture<Dispatcher.Seen> dispatcher =
          questions.ask(
              questions.<Object>actor(here, "/user/dispatcher"), Dispatcher.Look::new, ANSWER);
      Optional<String> silent = silent("the actor of the campaigns", campaigns);
      checks.add(
          new Check(
              Roles.TRAINER, silent.isPresent() ? silent : silent("the dispatcher", dispatcher)));
    }
    if (settings.has(Roles.REPLAY)) {
      checks.add(
          new Check(Roles.REPLAY, silent("the actor of the shards", ping(here, Shards.NAME))));
    }
    return checks;
  }

  private CompletableFuture<Ping.Pong> ping(String address, String actor) {
    return questions.ask(questions.<Object>actor(address, "/user/" + actor), Ping::new, ANSWER);
  }

  private static Optional<String> silent(String who, CompletableFuture<?> answer) {
    return Questions.await(answer).isPresent()
        ? Optional.empty()
        : Optional.of(who + " has not answered for " + text(ANSWER));
  }

  private Optional<String> noTrainer() {
    Optional<String> trainer = Questions.trainer(members());
    if (trainer.isPresent() && Questions.await(ping(trainer.get(), Campaigns.NAME)).isPresent()) {
      trainerHeard.set(Optional.of(nanoTime.getAsLong()));
    }
    Optional<Double> silent =
        trainerHeard.get().map(heard -> (nanoTime.getAsLong() - heard) * 1e-9);
    if (silent.isPresent() && silent.get() < TRAINER_SILENT.toSeconds()) {
      return Optional.empty();
    }
    String since = silent.map(seconds -> " for " + Math.round(seconds) + " s").orElse(" yet");
    return Optional.of(
        trainer
                .map(
                    address ->
                        "the trainer at " + ClusterStatus.place(address) + " has not answered")
                .orElse("there has been no trainer in the cluster")
            + since);
  }

  private NodeActor.Members members() {
    Member self = cluster.selfMember();
    return new NodeActor.Members(self.address().toString(), NodeActor.members(cluster));
  }

  /**
   * The whole cluster, as this node sees it.
   *
   * @throws ClusterClient.NoAnswerException if there is a trainer and it does not answer
   */
  public ClusterStatus status() {
    NodeActor.Members members = members();
    Optional<String> trainer = Questions.trainer(members);
    Optional<Campaigning.Standings> standings = trainer.flatMap(questions::standings);
    if (trainer.isPresent() && standings.isEmpty()) {
      throw new ClusterClient.NoAnswerException(
          "the trainer at "
              + ClusterStatus.place(trainer.get())
              + " does not answer a request for the standings");
    }
    return new ClusterStatus(members, standings, questions.holdings(members));
  }

  /** What the process's threads do. */
  public String threads() {
    return ThreadDump.now();
  }

  private static String text(Duration duration) {
    return duration.toSeconds() + " s";
  }
}
