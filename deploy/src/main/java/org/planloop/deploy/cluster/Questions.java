package org.planloop.deploy.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.Identify;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.planloop.cluster.Roles;

/**
 * Questions to the standing actors of a cluster's nodes, from outside of the actors. Each has a
 * time limit; waiting for an answer blocks.
 */
final class Questions {
  private static final Duration ANSWER = Duration.ofSeconds(4);

  private final ActorSystem<?> system;

  Questions(ActorSystem<?> system) {
    this.system = system;
  }

  /**
   * @param address of the node
   * @param path of the actor on it
   */
  <T> ActorRef<T> actor(String address, String path) {
    return ActorRefResolver.get(system).resolveActorRef(address + path);
  }

  /**
   * Makes way for questions to a node that was started anew. Of a system that has said goodbye
   * Pekko remembers that it is gone: nothing goes to its address but selections, until its
   * successor there has answered one. Members are told of a successor; others knock.
   *
   * @param address of the node
   */
  void knock(String address) {
    Adapter.toClassic(system)
        .actorSelection(address + "/user/" + NodeActor.NAME)
        .tell(new Identify(address), org.apache.pekko.actor.ActorRef.noSender());
  }

  /** The answer is awaited for four seconds. */
  <Q, R> CompletableFuture<R> ask(ActorRef<Q> actor, Function<ActorRef<R>, Q> question) {
    return ask(actor, question, ANSWER);
  }

  /** The future fails where the answer takes longer, and where the actor system is stopped. */
  <Q, R> CompletableFuture<R> ask(
      ActorRef<Q> actor, Function<ActorRef<R>, Q> question, Duration patience) {
    try {
      return AskPattern.<Q, R>ask(actor, question::apply, patience, system.scheduler())
          .toCompletableFuture();
    } catch (IllegalStateException stopped) {
      return CompletableFuture.failedFuture(stopped);
    }
  }

  /** The answer, empty where there was none in time. */
  static <R> Optional<R> await(CompletableFuture<R> answer) {
    try {
      return Optional.of(answer.get(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  /** Where the cluster's trainer is. */
  static Optional<String> trainer(NodeActor.Members members) {
    return members.members().stream()
        .filter(member -> member.reachable() && member.roles().contains(Roles.TRAINER))
        .map(NodeActor.MemberStanding::address)
        .findFirst();
  }

  /** How campaigns and workers are, as the trainer at this address says; empty without answer. */
  Optional<Campaigning.Standings> standings(String trainer) {
    return await(
        ask(this.<Object>actor(trainer, "/user/" + Campaigns.NAME), Campaigning.GetStandings::new));
  }

  /** What lies in the shards of the cluster's nodes; those that do not answer are left out. */
  List<Shards.Holdings> holdings(NodeActor.Members members) {
    List<CompletableFuture<Shards.Holdings>> asked = new ArrayList<>();
    for (NodeActor.MemberStanding member : members.members()) {
      if (member.reachable() && member.roles().contains(Roles.REPLAY)) {
        asked.add(
            ask(
                this.<Object>actor(member.address(), "/user/" + Shards.NAME),
                Shards.GetHoldings::new));
      }
    }
    return asked.stream().map(Questions::await).flatMap(Optional::stream).toList();
  }
}
