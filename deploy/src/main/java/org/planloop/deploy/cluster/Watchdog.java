package org.planloop.deploy.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.planloop.deploy.cluster.CampaignRecord.Phase;

/**
 * Notices when a campaign gets no further, and has written down why: who waits for whom, the likely
 * cause, and what the threads of the nodes concerned do. Lives on the trainer's node.
 */
final class Watchdog extends AbstractBehavior<Object> {
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Nodes whose threads are asked for at most, each time. */
  private static final int MOST_DUMPS = 4;

  private static final Set<String> AT_WORK =
      Set.of(Phase.OPENING.name(), Phase.WAITING_FOR_REPLAY.name(), Phase.RUNNING.name());

  /** The threads of a node that a campaign waits for; null where it does not answer. */
  private record Dump(String campaign, String node, NodeActor.@Nullable Threads threads)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    LOOK
  }

  private final ActorRef<Object> campaigns;
  private final double patience;
  private final Supplier<List<String>> replayNodes;
  private final Set<String> reported = new HashSet<>();
  private final Map<String, StringBuilder> reports = new HashMap<>();
  private final Map<String, Integer> missing = new HashMap<>();

  /**
   * @param campaigns is asked for its standings, and told {@link Campaigns.Stuck}
   * @param patience how long a campaign may be silent
   * @param replayNodes the nodes whose shards a campaign may wait for, as {@code SYSTEM@HOST:PORT}
   */
  static Behavior<Object> create(
      ActorRef<Object> campaigns, Duration patience, Supplier<List<String>> replayNodes) {
    Duration tick = patience.dividedBy(20).compareTo(TICK) < 0 ? patience.dividedBy(20) : TICK;
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.LOOK, tick);
                  return new Watchdog(context, campaigns, patience, replayNodes);
                }));
  }

  private Watchdog(
      ActorContext<Object> context,
      ActorRef<Object> campaigns,
      Duration patience,
      Supplier<List<String>> replayNodes) {
    super(context);
    context.setLoggerName(Watchdog.class);
    this.campaigns = campaigns;
    this.patience = patience.toMillis() * 1e-3;
    this.replayNodes = replayNodes;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessageEquals(Tick.LOOK, this::onLook)
        .onMessage(Campaigning.Standings.class, this::onStandings)
        .onMessage(Dump.class, this::onDump)
        .build();
  }

  private Behavior<Object> onLook() {
    campaigns.tell(new Campaigning.GetStandings(getContext().getSelf().narrow()));
    return this;
  }

  private Behavior<Object> onStandings(Campaigning.Standings standings) {
    for (Campaigning.Standing one : standings.campaigns()) {
      boolean stuck = AT_WORK.contains(one.phase()) && one.silentSeconds() > patience;
      if (!stuck) {
        reported.remove(one.campaign());
      } else if (reported.add(one.campaign())) {
        report(one, standings.workers());
      }
    }
    return this;
  }

  private void report(Campaigning.Standing campaign, List<Campaigning.WorkerStanding> workers) {
    Hang hang = Hang.of(campaign, workers);
    getContext()
        .getLog()
        .atWarn()
        .addKeyValue("campaign", campaign.campaign())
        .log("campaign {} gets no further; {}", campaign.campaign(), hang.text());
    StringBuilder text = new StringBuilder(hang.text());
    text.append("\n== threads of the trainer's node\n").append(ThreadDump.now());
    List<String> asked =
        Stream.concat(hang.nodes().stream().sorted(), replayNodes.get().stream().sorted())
            .distinct()
            .limit(MOST_DUMPS)
            .toList();
    reports.put(campaign.campaign(), text);
    missing.put(campaign.campaign(), asked.size());
    for (String node : asked) {
      ActorRef<Object> remote =
          ActorRefResolver.get(getContext().getSystem())
              .resolveActorRef(NodeConfig.protocol() + "://" + node + "/user/" + NodeActor.NAME);
      getContext()
          .ask(
              NodeActor.Threads.class,
              remote,
              ANSWER,
              NodeActor.GetThreads::new,
              (threads, late) -> new Dump(campaign.campaign(), node, threads));
    }
    campaigns.tell(new Campaigns.Stuck(campaign.campaign(), hang.cause(), ""));
    finish(campaign.campaign());
  }

  private Behavior<Object> onDump(Dump dump) {
    StringBuilder text = reports.get(dump.campaign());
    if (text != null) {
      text.append("\n== threads of ").append(dump.node()).append('\n');
      text.append(dump.threads() == null ? "it does not answer\n" : dump.threads().text());
      missing.merge(dump.campaign(), -1, Integer::sum);
      finish(dump.campaign());
    }
    return this;
  }

  private void finish(String campaign) {
    if (missing.getOrDefault(campaign, 1) == 0) {
      missing.remove(campaign);
      StringBuilder text = reports.remove(campaign);
      campaigns.tell(new Campaigns.Stuck(campaign, "", String.valueOf(text)));
    }
  }
}
