package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.planloop.cluster.RoleDirectory;
import org.planloop.cluster.Roles;
import org.planloop.cluster.Route;
import org.planloop.cluster.SnapshotCache;
import org.planloop.cluster.SnapshotMetrics;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.memory.Machine;
import org.planloop.deploy.memory.MemoryPlans;
import org.planloop.deploy.node.HardwareWarnings;
import org.planloop.deploy.node.Wiring;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.rollout.Workplaces;

/**
 * Makes what the workers of this node need for a campaign, once for all of them: asks the trainer's
 * node what the campaign is, makes its environment, and a cache of its policies.
 */
final class NodeWorkplaces extends AbstractBehavior<Object> {
  /** Campaigns that are kept; of more, the one that was asked for longest ago goes. */
  private static final int KEPT = 64;

  private static final Duration REPEAT = Duration.ofSeconds(1);

  private record Made(
      Campaigning.Description description,
      @Nullable Experiment experiment,
      @Nullable Wiring wiring,
      List<String> warnings,
      String failure)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    REPEAT
  }

  /** A campaign here, with the actors that serve it. */
  private record Place(Workplaces.Workplace workplace, List<ActorRef<Object>> actors) {}

  private final Parts parts;
  private final int workers;
  private final Executor making;
  private final ActorRef<RoleDirectory.Command> directory;
  private final MeterRegistry registry;
  private final ActorRef<Object> campaigns;
  private final Map<CampaignEpoch, Place> places = new LinkedHashMap<>();
  private final Map<CampaignEpoch, List<ActorRef<Workplaces.Answer>>> waiting =
      new LinkedHashMap<>();
  private int spawned;

  /**
   * @param workers that fly here at once
   * @param making runs what loads classes and computes
   */
  static Behavior<Object> create(
      Parts parts,
      int workers,
      Executor making,
      ActorRef<RoleDirectory.Command> directory,
      MeterRegistry registry) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.REPEAT, REPEAT);
                  return new NodeWorkplaces(context, parts, workers, making, directory, registry);
                }));
  }

  private NodeWorkplaces(
      ActorContext<Object> context,
      Parts parts,
      int workers,
      Executor making,
      ActorRef<RoleDirectory.Command> directory,
      MeterRegistry registry) {
    super(context);
    this.parts = parts;
    this.workers = workers;
    this.making = making;
    this.directory = directory;
    this.registry = registry;
    this.campaigns =
        context.spawn(
            Route.to(directory, Roles.TRAINER, "/user/" + Campaigns.NAME), "to-campaigns");
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Workplaces.Get.class, this::onGet)
        .onMessage(Campaigning.Description.class, this::onDescription)
        .onMessage(Made.class, this::onMade)
        .onMessageEquals(Tick.REPEAT, this::onRepeat)
        .build();
  }

  private Behavior<Object> onGet(Workplaces.Get get) {
    Place place = places.remove(get.campaign());
    if (place != null) {
      places.put(get.campaign(), place);
      get.replyTo().tell(new Workplaces.Ready(place.workplace()));
      return this;
    }
    List<ActorRef<Workplaces.Answer>> others =
        waiting.computeIfAbsent(get.campaign(), unused -> new ArrayList<>());
    others.add(get.replyTo());
    if (others.size() == 1) {
      describe(get.campaign());
    }
    return this;
  }

  private void describe(CampaignEpoch campaign) {
    campaigns.tell(new Campaigning.Describe(campaign.campaign(), getContext().getSelf().narrow()));
  }

  private Behavior<Object> onRepeat() {
    waiting.keySet().forEach(this::describe);
    return this;
  }

  private Behavior<Object> onDescription(Campaigning.Description description) {
    CampaignEpoch epoch = description.epoch();
    for (CampaignEpoch asked : List.copyOf(waiting.keySet())) {
      if (asked.campaign().equals(epoch.campaign()) && asked.epoch() < epoch.epoch()) {
        answer(asked, new Workplaces.Unavailable(asked, "a newer attempt of the campaign flies"));
      }
    }
    if (waiting.containsKey(epoch) && !places.containsKey(epoch)) {
      getContext()
          .pipeToSelf(
              CompletableFuture.supplyAsync(() -> make(description), making),
              (made, failure) ->
                  made != null
                      ? made
                      : new Made(description, null, null, List.of(), String.valueOf(failure)));
    }
    return this;
  }

  private Made make(Campaigning.Description description) {
    try {
      Experiment experiment =
          new ExperimentReader(parts).readText(description.config(), description.experiment());
      MemoryPlans.worker(
              experiment, parts.environment(experiment), workers, HardwareWarnings::gpusSeen)
          .check(Machine.here(Path.of("")), 1, 1);
      return new Made(
          description,
          experiment,
          new Wiring(experiment, parts),
          HardwareWarnings.ofWorker(experiment),
          "");
    } catch (InvalidInputException e) {
      return new Made(description, null, null, List.of(), String.valueOf(e.getMessage()));
    }
  }

  private Behavior<Object> onMade(Made made) {
    CampaignEpoch epoch = made.description().epoch();
    Experiment experiment = made.experiment();
    Wiring wiring = made.wiring();
    if (experiment == null || wiring == null) {
      answer(epoch, new Workplaces.Unavailable(epoch, "not on this node: " + made.failure()));
      return this;
    }
    if (!places.containsKey(epoch)) {
      for (String line : made.warnings()) {
        getContext().getLog().warn("campaign {}: {}", epoch.campaign(), line);
      }
      places.put(epoch, place(made.description(), experiment, wiring));
      forgetSurplus(epoch);
    }
    Place place = places.get(epoch);
    if (place != null) {
      answer(epoch, new Workplaces.Ready(place.workplace()));
    }
    return this;
  }

  private Place place(Campaigning.Description description, Experiment experiment, Wiring wiring) {
    List<ActorRef<Object>> actors = new ArrayList<>();
    CampaignEpoch epoch = description.epoch();
    String campaign = epoch.campaign();
    ActorRef<Object> cache =
        spawn(
            actors,
            Behaviors.withMdc(
                Object.class,
                Map.of("campaign", campaign),
                SnapshotCache.create(
                    description.publisher(), new SnapshotMetrics(registry, campaign))));
    List<ActorRef<ReplayShard.Command>> shards = new ArrayList<>();
    for (int i = 0; i < experiment.replay().shards(); i++) {
      shards.add(
          spawn(
                  actors,
                  Route.to(directory, Roles.shard(i), "/user/" + Shards.NAME + "/" + campaign))
              .narrow());
    }
    return new Place(
        new Workplaces.Workplace(
            epoch,
            wiring.environment(),
            wiring::open,
            experiment.rollout(),
            experiment.discount(),
            cache,
            shards),
        actors);
  }

  private ActorRef<Object> spawn(List<ActorRef<Object>> actors, Behavior<Object> behavior) {
    ActorRef<Object> actor = getContext().spawn(behavior, "place-" + spawned++);
    actors.add(actor);
    return actor;
  }

  /** Older epochs of the campaign, and what was asked for longest ago. */
  private void forgetSurplus(CampaignEpoch newest) {
    for (CampaignEpoch epoch : List.copyOf(places.keySet())) {
      boolean older = epoch.campaign().equals(newest.campaign()) && epoch.epoch() < newest.epoch();
      if (older || (places.size() > KEPT && !epoch.equals(newest))) {
        Place place = places.remove(epoch);
        if (place != null) {
          place.actors().forEach(actor -> getContext().stop(actor));
        }
        if (places.keySet().stream().noneMatch(kept -> kept.campaign().equals(epoch.campaign()))) {
          SnapshotMetrics.forget(registry, epoch.campaign());
        }
      }
    }
  }

  private void answer(CampaignEpoch epoch, Workplaces.Answer answer) {
    List<ActorRef<Workplaces.Answer>> askers = waiting.remove(epoch);
    if (askers != null) {
      askers.forEach(asker -> asker.tell(answer));
    }
  }
}
