package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.protocol.WireMessage;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.actor.ReplayMetrics;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.storage.AtomicFile;

/**
 * The replay shards of one node: one for each campaign, in a folder of its own. After a restart
 * those that were there are opened again at once, so that workers go on without anybody's help.
 */
public final class Shards extends AbstractBehavior<Object> {
  /** The actor's name; its shards are its children, by campaign. */
  static final String NAME = "shards";

  private static final String IDENTITY_FILE = "shard";
  private static final int MAX_CAMPAIGNS = 1024;
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final Duration COUNTING = Duration.ofSeconds(1);

  /** Of shards that are opened before their campaign has said what it wants. */
  private static final long SEGMENT_BYTES = 1 << 28;

  /** What anyone may send. */
  public sealed interface Public extends WireMessage {}

  /**
   * There is to be a shard for a campaign. Answered by {@link Opened} or {@link Refused}; asked for
   * again nothing changes.
   */
  public record Open(
      String campaign,
      int stateSize,
      int actionSize,
      long segmentBytes,
      ActorRef<OpenReply> replyTo)
      implements Public {}

  /** The answer to {@link Open}. */
  public sealed interface OpenReply extends WireMessage {}

  /** The shard takes messages. */
  public record Opened(String campaign, int shard) implements OpenReply {}

  /** The shard cannot be opened, now or later. */
  public record Refused(String campaign, int shard, String reason) implements OpenReply {}

  /** What lies here? */
  public record GetHoldings(ActorRef<Holdings> replyTo) implements Public {}

  /**
   * The answer to {@link GetHoldings}; a column a list.
   *
   * @param campaigns whose shards are open here
   */
  public record Holdings(
      int shard,
      List<String> campaigns,
      List<Long> expertRows,
      List<Long> learnerRows,
      List<Long> bytes)
      implements WireMessage {}

  /**
   * @param counts null where the shard was too busy to say
   */
  private record Counted(String campaign, ReplayShard.@Nullable Counts counts)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    COUNT
  }

  private record ShardGone(String campaign) implements NoSerializationVerificationNeeded {}

  private final int number;
  private final Path folder;
  private final MeterRegistry registry;
  private final Map<String, ActorRef<ReplayShard.Command>> open = new TreeMap<>();
  private final Map<String, ReplayShard.Counts> counts = new TreeMap<>();

  /**
   * @param number the node's shard
   * @param folder of the replay files, checked with {@link #claim}
   */
  static Behavior<Object> create(int number, Path folder, MeterRegistry registry) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.COUNT, COUNTING);
                  return new Shards(context, number, folder, registry);
                }));
  }

  /**
   * Takes a folder for a shard, for good.
   *
   * @throws InvalidInputException if it is another shard's or cluster's
   */
  static void claim(Path folder, String cluster, int number) {
    Path file = folder.resolve(IDENTITY_FILE);
    String identity = cluster + "/" + number;
    try {
      Files.createDirectories(folder);
      if (!Files.exists(file)) {
        AtomicFile.write(file, identity.getBytes(StandardCharsets.UTF_8));
        return;
      }
      String found = Files.readString(file).strip();
      if (!found.equals(identity)) {
        throw new InvalidInputException(
            folder
                + ": holds shard "
                + found.substring(found.indexOf('/') + 1)
                + " of cluster "
                + found.substring(0, Math.max(0, found.indexOf('/')))
                + ", and this node is to be shard "
                + number
                + " of "
                + cluster
                + "; give it the folder (--data) that it had, or an empty one");
      }
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be used: " + e.getMessage(), e);
    }
  }

  private Shards(ActorContext<Object> context, int number, Path folder, MeterRegistry registry) {
    super(context);
    this.number = number;
    this.folder = folder;
    this.registry = registry;
    openAll();
  }

  private void openAll() {
    List<Path> found;
    try (Stream<Path> all = Files.list(folder)) {
      found = all.filter(ReplayStore::holdsStore).sorted().toList();
    } catch (IOException e) {
      throw new IllegalStateException(folder + " cannot be read: " + e.getMessage(), e);
    }
    for (Path campaign : found) {
      String name = String.valueOf(campaign.getFileName());
      try {
        spawn(name, ReplayStore.identityOf(campaign), SEGMENT_BYTES);
      } catch (IOException | InvalidInputException e) {
        getContext()
            .getLog()
            .atError()
            .addKeyValue("campaign", name)
            .log("the replay files of {} cannot be opened: {}", name, message(e));
      }
    }
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Open.class, this::onOpen)
        .onMessage(GetHoldings.class, this::onGetHoldings)
        .onMessage(Ping.class, Ping::answer)
        .onMessageEquals(Tick.COUNT, this::count)
        .onMessage(Counted.class, this::onCounted)
        .onMessage(ShardGone.class, this::onGone)
        .build();
  }

  private Behavior<Object> onOpen(Open asked) {
    String campaign = asked.campaign();
    try {
      if (!open.containsKey(campaign)) {
        if (open.size() >= MAX_CAMPAIGNS) {
          throw new InvalidInputException(
              "there are shards of " + MAX_CAMPAIGNS + " campaigns here; delete finished ones");
        }
        InvalidInputException.check(
            campaign.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,120}"),
            "campaign",
            campaign,
            "must be a name of letters, digits, dots and hyphens");
        spawn(
            campaign,
            new StoreIdentity(campaign, asked.stateSize(), asked.actionSize()),
            asked.segmentBytes());
      }
      asked.replyTo().tell(new Opened(campaign, number));
    } catch (IllegalArgumentException e) {
      asked.replyTo().tell(new Refused(campaign, number, message(e)));
    } catch (IOException e) {
      // Asked again it may be better: the disk was full, say.
      getContext()
          .getLog()
          .atError()
          .addKeyValue("campaign", campaign)
          .log("no shard for {}: {}", campaign, message(e));
    }
    return this;
  }

  private void spawn(String campaign, StoreIdentity identity, long segmentBytes)
      throws IOException {
    Path place = folder.resolve(campaign);
    ReplayStore store = ReplayStore.open(place, identity, segmentBytes);
    ActorRef<ReplayShard.Command> shard =
        getContext()
            .spawn(
                Behaviors.withMdc(
                    ReplayShard.Command.class,
                    Map.of("campaign", campaign, "shard", Integer.toString(number)),
                    ReplayShard.create(
                        store,
                        () -> ReplayStore.open(place, identity, segmentBytes),
                        new ReplayMetrics(registry, campaign, number))),
                campaign,
                ReplayShard.dispatcher());
    getContext().watchWith(shard, new ShardGone(campaign));
    open.put(campaign, shard);
  }

  /** Another actor under its path would not be reached by those who have spoken to this one. */
  private Behavior<Object> onGone(ShardGone gone) {
    throw new IllegalStateException(
        "the replay shard of " + gone.campaign() + " broke; the node starts anew");
  }

  private Behavior<Object> onGetHoldings(GetHoldings get) {
    List<String> campaigns = new ArrayList<>();
    List<Long> expert = new ArrayList<>();
    List<Long> learner = new ArrayList<>();
    List<Long> bytes = new ArrayList<>();
    counts.forEach(
        (campaign, count) -> {
          campaigns.add(campaign);
          expert.add(count.expertRows());
          learner.add(count.learnerRows());
          bytes.add(count.bytes());
        });
    get.replyTo().tell(new Holdings(number, campaigns, expert, learner, bytes));
    return this;
  }

  private Behavior<Object> count() {
    open.forEach(
        (campaign, shard) ->
            getContext()
                .ask(
                    ReplayShard.Counts.class,
                    shard,
                    ANSWER,
                    ReplayShard.GetCounts::new,
                    (count, late) -> new Counted(campaign, count)));
    return this;
  }

  private Behavior<Object> onCounted(Counted counted) {
    if (counted.counts() != null && open.containsKey(counted.campaign())) {
      counts.put(counted.campaign(), counted.counts());
    }
    return this;
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
