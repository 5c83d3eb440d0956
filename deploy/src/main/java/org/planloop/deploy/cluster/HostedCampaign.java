package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** The attempt flies under this epoch. */
  record Started(CampaignEpoch epoch) implements NoSerializationVerificationNeeded {}

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
      return failure instanceof InvalidInputException bad
          ? end(new CampaignOutcome.Failed(String.valueOf(bad.getMessage())), false)
          : end(new CampaignOutcome.Failed(String.valueOf(failure)), true);
    }
    surroundings.record().begin(folder.state().rows(), folder.state().safety().audit());
    return opening(wiring, folder);
  }

  /** Every shard is to have files for the campaign. */
  private Behavior<Object> opening(Wiring wiring, CampaignFolder folder) {
    List<ActorRef<Object>> hosts = routes("shards", shard -> "/user/" + Shards.NAME);
    Environment environment = wiring.environment();
    Set<Integer> open = new HashSet<>();
    Runnable ask =
        () -> {
          for (int i = 0; i < shardCount; i++) {
            if (!open.contains(i)) {
              hosts
                  .get(i)
                  .tell(
                      new Shards.Open(
                          surroundings.campaign(),
                          environment.states().size(),
                          environment.actions().size(),
                          surroundings.record().experiment().replay().segmentBytes(),
                          context.getSelf().narrow()));
            }
          }
        };
    ask.run();
    return phase(
        on().onMessage(
                Shards.Opened.class,
                opened -> {
                  open.add(opened.shard());
                  return open.size() < shardCount
                      ? Behaviors.same()
                      : looking(wiring, folder, shardRoutes());
                })
            .onMessage(
                Shards.Refused.class,
                refused ->
                    end(
                        new CampaignOutcome.Failed(
                            "replay shard " + refused.shard() + ": " + refused.reason()),
                        false))
            .onMessageEquals(
                Tick.REPEAT,
                () -> {
                  waiting(open);
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

  private List<ActorRef<Object>> routes(String name, Function<Integer, String> path) {
    List<ActorRef<Object>> routes = new ArrayList<>();
    for (int i = 0; i < shardCount; i++) {
      routes.add(
          context.spawn(
              Route.to(surroundings.directory(), Roles.shard(i), path.apply(i)),
              "to-" + name + "-" + i));
    }
    return routes;
  }

  private List<ActorRef<ReplayShard.Command>> shardRoutes() {
    return routes("replay", shard -> "/user/" + Shards.NAME + "/" + surroundings.campaign())
        .stream()
        .map(ActorRef::<ReplayShard.Command>narrow)
        .toList();
  }

  /** Asks the shards that have not answered yet; what gets no answer is asked again. */
  private <R> void askEach(
      List<ActorRef<ReplayShard.Command>> shards,
      Set<Integer> answered,
      Class<R> type,
      org.apache.pekko.japi.function.Function<ActorRef<R>, ReplayShard.Command> question,
      BiFunction<Integer, R, Object> answer) {
    for (int i = 0; i < shardCount; i++) {
      if (!answered.contains(i)) {
        int shard = i;
        context.ask(
            type,
            shards.get(i),
            REPEAT.multipliedBy(3),
            question,
            (reply, late) -> reply == null ? Late.ANSWER : answer.apply(shard, reply));
      }
    }
  }

  private enum Late implements NoSerializationVerificationNeeded {
    ANSWER
  }

  /** Which epochs have held the shards so far? */
  private Behavior<Object> looking(
      Wiring wiring, CampaignFolder folder, List<ActorRef<ReplayShard.Command>> shards) {
    long[] epochs = new long[shardCount];
    Set<Integer> known = new HashSet<>();
    Runnable ask =
        () ->
            askEach(
                shards,
                known,
                ReplayShard.Counts.class,
                ReplayShard.GetCounts::new,
                (shard, counts) -> new Held(shard, counts.epoch()));
    ask.run();
    return phase(
        on().onMessage(
                Held.class,
                held -> {
                  epochs[held.shard()] = held.epoch();
                  known.add(held.shard());
                  return known.size() < shardCount
                      ? Behaviors.same()
                      : fencing(wiring, folder, shards, newest(epochs) + 1);
                })
            .onMessageEquals(
                Tick.REPEAT,
                () -> {
                  waiting(known);
                  ask.run();
                  return Behaviors.same();
                }));
  }

  private record Held(int shard, long epoch) implements NoSerializationVerificationNeeded {}

  private static long newest(long[] epochs) {
    long newest = 0;
    for (long epoch : epochs) {
      newest = Math.max(newest, epoch);
    }
    return newest;
  }

  /** Takes all shards: what an earlier attempt still sends is refused from here on. */
  private Behavior<Object> fencing(
      Wiring wiring,
      CampaignFolder folder,
      List<ActorRef<ReplayShard.Command>> shards,
      long epoch) {
    Set<Integer> fenced = new HashSet<>();
    Runnable ask =
        () ->
            askEach(
                shards,
                fenced,
                ReplayShard.FenceReply.class,
                replyTo -> new ReplayShard.Fence(epoch, replyTo),
                Taken::new);
    ask.run();
    return phase(
        on().onMessage(
                Taken.class,
                taken -> {
                  if (taken.reply() instanceof ReplayShard.FenceRefused refused) {
                    return end(
                        new CampaignOutcome.Failed(
                            "replay shard "
                                + taken.shard()
                                + " is held by epoch "
                                + refused.current()
                                + ": "
                                + refused.reason()),
                        true);
                  }
                  fenced.add(taken.shard());
                  return fenced.size() < shardCount
                      ? Behaviors.same()
                      : running(wiring, folder, shards, epoch);
                })
            .onMessageEquals(
                Tick.REPEAT,
                () -> {
                  waiting(fenced);
                  ask.run();
                  return Behaviors.same();
                }));
  }

  private record Taken(int shard, ReplayShard.FenceReply reply)
      implements NoSerializationVerificationNeeded {}

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
    surroundings.owner().tell(new Started(named));
    return phase(
        on().onMessage(
                CampaignOutcome.class,
                outcome -> end(outcome, !(outcome instanceof CampaignOutcome.Finished)))
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
                        new CampaignOutcome.Failed(
                            "the actor "
                                + broken.getRef().path().name()
                                + " broke; the trainer's log says why"),
                        true)));
  }

  private Behavior<Object> end(CampaignOutcome outcome, boolean retry) {
    surroundings.owner().tell(new Ended(surroundings.campaign(), outcome, retry));
    threads.close();
    return Behaviors.stopped();
  }
}
