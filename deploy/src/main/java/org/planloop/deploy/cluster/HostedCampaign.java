package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.BehaviorBuilder;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.Campaign;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.cluster.RoleDirectory;
import org.planloop.cluster.Roles;
import org.planloop.cluster.Route;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.CampaignRecord.Phase;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignActors;
import org.planloop.deploy.node.CampaignFolder;
import org.planloop.deploy.node.NodeThreads;
import org.planloop.deploy.node.Wiring;
import org.planloop.environment.Environment;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.Snapshots;
import org.planloop.replay.actor.ReplayShard;

/**
 * One attempt of a campaign on the trainer's node: makes its parts, takes its replay shards for a
 * new epoch, and runs its actors until they have an outcome. Stops with the attempt.
 */
final class HostedCampaign {
  /** A shard that does not answer is asked again, for as long as it takes. */
  private static final Duration REPEAT = Duration.ofSeconds(1);

  /**
   * What an attempt works with.
   *
   * @param directory finds the shards' nodes
   * @param owner is told {@link Started} and, once, {@link Ended}
   */
  record Surroundings(
      String campaign,
      CampaignRecord record,
      Parts parts,
      MeterRegistry registry,
      ActorRef<RoleDirectory.Command> directory,
      ActorRef<Dispatching> dispatcher,
      ActorRef<Object> owner) {}

  /**
   * The attempt flies.
   *
   * @param publisher of its policies
   */
  record Started(CampaignEpoch epoch, ActorRef<Snapshots> publisher)
      implements NoSerializationVerificationNeeded {}

  /**
   * The attempt is over.
   *
   * @param retry whether another one may do better
   */
  record Ended(String campaign, CampaignOutcome outcome, boolean retry)
      implements NoSerializationVerificationNeeded {}

  private record Made(
      @Nullable Wiring wiring, @Nullable CampaignFolder folder, @Nullable Throwable failure)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    REPEAT
  }

  private final ActorContext<Object> context;
  private final Surroundings surroundings;
  private final NodeThreads threads = new NodeThreads();
  private final int shardCount;

  static Behavior<Object> create(Surroundings surroundings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.REPEAT, REPEAT);
                  return new HostedCampaign(context, surroundings).making();
                }));
  }

  private HostedCampaign(ActorContext<Object> context, Surroundings surroundings) {
    this.context = context;
    this.surroundings = surroundings;
    this.shardCount = surroundings.record().experiment().replay().shards();
  }

  private Behavior<Object> phase(BehaviorBuilder<Object> builder) {
    return builder
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(
            PostStop.class,
            signal -> {
              threads.close();
              return Behaviors.same();
            })
        .build();
  }

  private static BehaviorBuilder<Object> on() {
    return Behaviors.receive(Object.class);
  }

  /** The environment, the expert, the checkpoint. */
  private Behavior<Object> making() {
    surroundings.record().phase(Phase.OPENING, "");
    context.pipeToSelf(
        CompletableFuture.supplyAsync(this::make, threads.executor("making", 1)),
        (made, failure) ->
            made != null ? made : new Made(null, null, failure == null ? null : cause(failure)));
    return phase(on().onMessage(Made.class, this::onMade));
  }

  private Made make() {
    Wiring wiring = new Wiring(surroundings.record().experiment(), surroundings.parts());
    CampaignFolder folder =
        CampaignFolder.open(
            surroundings.record().path(),
            surroundings.record().experiment(),
            wiring,
            surroundings.campaign());
    return new Made(wiring, folder, null);
  }

  private static Throwable cause(Throwable failure) {
    return failure.getCause() == null ? failure : failure.getCause();
  }

  private Behavior<Object> onMade(Made made) {
    Wiring wiring = made.wiring();
    CampaignFolder folder = made.folder();
    if (wiring == null || folder == null) {
      Throwable failure = made.failure();
      return end(
          failure instanceof InvalidInputException bad
              ? failed(String.valueOf(bad.getMessage()), false)
              : failed(String.valueOf(failure), true));
    }
    surroundings.record().begin(folder.state().rows(), folder.state().safety().audit());
    return opening(wiring, folder);
  }

  /** Every shard is to have files for the campaign. */
  private Behavior<Object> opening(Wiring wiring, CampaignFolder folder) {
    Environment environment = wiring.environment();
    return askingAll(
        this.<Object>routes("shards", "/user/" + Shards.NAME),
        Shards.OpenReply.class,
        replyTo ->
            new Shards.Open(
                surroundings.campaign(),
                environment.states().size(),
                environment.actions().size(),
                surroundings.record().experiment().replay().segmentBytes(),
                replyTo),
        (shard, reply) ->
            reply instanceof Shards.Refused refused
                ? Optional.of(failed("replay shard " + shard + ": " + refused.reason(), false))
                : Optional.empty(),
        all ->
            looking(
                wiring,
                folder,
                routes("replay", "/user/" + Shards.NAME + "/" + surroundings.campaign())));
  }

  /** Which epochs have held the shards so far? */
  private Behavior<Object> looking(
      Wiring wiring, CampaignFolder folder, List<ActorRef<ReplayShard.Command>> shards) {
    return askingAll(
        shards,
        ReplayShard.Counts.class,
        ReplayShard.GetCounts::new,
        (shard, counts) -> Optional.empty(),
        all ->
            fencing(
                wiring,
                folder,
                shards,
                1 + all.stream().mapToLong(ReplayShard.Counts::epoch).max().orElse(0)));
  }

  /** Takes all shards: what an earlier attempt still sends is refused from here on. */
  private Behavior<Object> fencing(
      Wiring wiring,
      CampaignFolder folder,
      List<ActorRef<ReplayShard.Command>> shards,
      long epoch) {
    return askingAll(
        shards,
        ReplayShard.FenceReply.class,
        replyTo -> new ReplayShard.Fence(epoch, replyTo),
        (shard, reply) ->
            reply instanceof ReplayShard.FenceRefused refused
                ? Optional.of(
                    failed(
                        "replay shard "
                            + shard
                            + " is held by epoch "
                            + refused.current()
                            + ": "
                            + refused.reason(),
                        true))
                : Optional.empty(),
        all -> running(wiring, folder, shards, epoch));
  }

  /** An answer of a shard; null where it was late. */
  private record Answered<R>(int shard, @Nullable R reply)
      implements NoSerializationVerificationNeeded {}

  /**
   * Asks every shard, those that do not answer once a second for as long as it takes.
   *
   * @param refusal what an answer ends the attempt with; empty where all is well
   * @param then what comes once all have answered, given their answers in the shards' order
   */
  private <T, R> Behavior<Object> askingAll(
      List<ActorRef<T>> shards,
      Class<R> type,
      org.apache.pekko.japi.function.Function<ActorRef<R>, T> question,
      BiFunction<Integer, R, Optional<Ended>> refusal,
      Function<List<R>, Behavior<Object>> then) {
    SortedMap<Integer, R> answers = new TreeMap<>();
    Runnable ask =
        () -> {
          for (int i = 0; i < shardCount; i++) {
            if (!answers.containsKey(i)) {
              int shard = i;
              context.ask(
                  type,
                  shards.get(i),
                  REPEAT.multipliedBy(3),
                  question,
                  (reply, late) -> new Answered<>(shard, reply));
            }
          }
        };
    ask.run();
    return phase(
        on().onMessage(
                Answered.class,
                answered -> {
                  if (!type.isInstance(answered.reply())) {
                    return Behaviors.same(); // Late, or to a question of the phase before.
                  }
                  R reply = type.cast(answered.reply());
                  Optional<Ended> refused = refusal.apply(answered.shard(), reply);
                  if (refused.isPresent()) {
                    return end(refused.get());
                  }
                  answers.put(answered.shard(), reply);
                  return answers.size() < shardCount
                      ? Behaviors.same()
                      : then.apply(List.copyOf(answers.values()));
                })
            .onMessageEquals(
                Tick.REPEAT,
                () -> {
                  waiting(answers.keySet());
                  ask.run();
                  return Behaviors.same();
                }));
  }

  private void waiting(Set<Integer> present) {
    String missing =
        IntStream.range(0, shardCount)
            .filter(shard -> !present.contains(shard))
            .mapToObj(Roles::shard)
            .collect(Collectors.joining(", "));
    String reason = "no answer from " + missing;
    if (surroundings.record().phase() != Phase.WAITING_FOR_REPLAY
        || !surroundings.record().reason().equals(reason)) {
      surroundings.record().phase(Phase.WAITING_FOR_REPLAY, reason);
    }
  }

  private <T> List<ActorRef<T>> routes(String name, String path) {
    List<ActorRef<T>> routes = new ArrayList<>();
    for (int i = 0; i < shardCount; i++) {
      ActorRef<Object> route =
          context.spawn(
              Route.to(surroundings.directory(), Roles.shard(i), path), "to-" + name + "-" + i);
      routes.add(route.narrow());
    }
    return routes;
  }

  private Behavior<Object> running(
      Wiring wiring,
      CampaignFolder folder,
      List<ActorRef<ReplayShard.Command>> shards,
      long epoch) {
    CampaignEpoch named = new CampaignEpoch(surroundings.campaign(), epoch);
    surroundings.record().phase(Phase.RUNNING, "");
    CampaignActors.Spawned actors =
        new CampaignActors(
                named,
                surroundings.record().experiment(),
                wiring,
                folder,
                surroundings.record(),
                surroundings.registry(),
                threads,
                shards,
                surroundings.dispatcher())
            .spawn(context, context.getSelf().narrow());
    surroundings.owner().tell(new Started(named, actors.publisher().narrow()));
    return phase(
        on().onMessage(
                CampaignOutcome.class,
                outcome ->
                    end(
                        new Ended(
                            surroundings.campaign(),
                            outcome,
                            !(outcome instanceof CampaignOutcome.Finished))))
            .onMessage(
                Campaign.RollBack.class,
                asked -> {
                  actors.campaign().tell(asked);
                  return Behaviors.same();
                })
            .onSignal(
                Terminated.class,
                broken ->
                    end(
                        failed(
                            "the actor "
                                + broken.getRef().path().name()
                                + " broke; the trainer's log says why",
                            true))));
  }

  private Ended failed(String reason, boolean retry) {
    return new Ended(surroundings.campaign(), new CampaignOutcome.Failed(reason), retry);
  }

  /** The threads go with the actor. */
  private Behavior<Object> end(Ended ended) {
    surroundings.owner().tell(ended);
    return Behaviors.stopped();
  }
}
