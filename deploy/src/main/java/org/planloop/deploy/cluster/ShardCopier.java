package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.objectstore.Blob;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.Content;
import org.planloop.deploy.objectstore.CopyMetrics;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.SegmentCopy;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.protocol.WireMessage;
import org.planloop.replay.StoreExtents;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;

/**
 * Copies a node's replay shards to the object store and brings them back. Whoever wants something
 * asks again and again until it is done: nothing is lost with a message, and nothing is done twice.
 */
public final class ShardCopier extends AbstractBehavior<Object> {
  /** The actor's name. */
  static final String NAME = "shard-copier";

  private static final String MARK = "restored";
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** What anyone may send. */
  public sealed interface Public extends WireMessage {}

  /**
   * A campaign's shard is to be in the store, as it is on disk or newer.
   *
   * @param place of the campaign, {@code s3://BUCKET/PREFIX/CAMPAIGN}
   * @param checkpoint what to call it
   * @param keep earlier ones that must stay
   */
  public record Copy(
      String campaign,
      String place,
      String checkpoint,
      List<String> keep,
      ActorRef<Standing> replyTo)
      implements Public {}

  /**
   * The manifest of a shard that was copied.
   *
   * @param sha256 of it
   * @param size of it
   */
  public record CopiedShard(String sha256, long size) {
    static CopiedShard of(Blob manifest) {
      return new CopiedShard(manifest.sha256(), manifest.size());
    }
  }

  /**
   * A campaign's shard is to be on this node's disk.
   *
   * @param copied the shards that were copied, by their numbers
   * @param shards how many the campaign has here
   * @param segmentBytes size at which a new segment file is begun
   */
  public record Restore(
      String campaign,
      String place,
      String checkpoint,
      List<CopiedShard> copied,
      int shards,
      long segmentBytes,
      ActorRef<Standing> replyTo)
      implements Public {
    /** The replay files of the checkpoint. */
    CampaignCopies.Replay replay() {
      return new CampaignCopies.Replay(
          campaign,
          CheckpointName.parse(checkpoint).orElseThrow(),
          copied.stream().map(shard -> new Blob(shard.sha256(), shard.size())).toList());
    }

    /** What tells one restoration of the campaign from another. */
    Blob mark() throws IOException {
      String text = shards + " " + segmentBytes + " " + copied;
      return Blob.of(Content.of(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /**
   * The answer to both, at once.
   *
   * @param done whether it is done
   * @param sha256 of the shard's manifest where it is copied, of what was asked for where it is
   *     restored
   * @param size likewise
   * @param trouble why it is not and will not be, unless it is asked for again
   */
  public record Standing(int shard, boolean done, String sha256, long size, String trouble)
      implements WireMessage {}

  private record Measured(Copy asked, @Nullable StoreExtents extents, String trouble)
      implements NoSerializationVerificationNeeded {}

  private record Ended(String key, String task, @Nullable Blob manifest, String trouble)
      implements NoSerializationVerificationNeeded {}

  /** A copy or a restoration: the last that was asked for. */
  private static final class Work {
    String task = "";
    boolean running;
    @Nullable Blob done;
    String trouble = "";
    String place = "";
    @Nullable ObjectStore store;
    @Nullable SegmentCopy copy;
    long bytes;
  }

  private final Surroundings surroundings;
  private final Map<String, Work> works = new HashMap<>();

  /**
   * What the actor works with.
   *
   * @param number of the node's shard
   * @param data the node's folder
   * @param stores opens a store
   * @param executor one thread, which reads files and speaks to the store
   */
  record Surroundings(
      int number,
      Path data,
      Optional<StoreSettings> settings,
      Function<StoreSettings, ObjectStore> stores,
      Executor executor,
      MeterRegistry registry) {}

  static Behavior<Object> create(Surroundings surroundings) {
    return Behaviors.setup(context -> new ShardCopier(context, surroundings));
  }

  private ShardCopier(ActorContext<Object> context, Surroundings surroundings) {
    super(context);
    this.surroundings = surroundings;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Copy.class, this::onCopy)
        .onMessage(Measured.class, this::onMeasured)
        .onMessage(Restore.class, this::onRestore)
        .onMessage(Ended.class, this::onEnded)
        .build();
  }

  private Behavior<Object> onCopy(Copy asked) {
    String key = "copy " + asked.campaign();
    answer(key, asked.place() + " " + asked.checkpoint(), asked.replyTo(), () -> measure(asked));
    return this;
  }

  private Behavior<Object> onRestore(Restore asked) {
    String key = "restore " + asked.campaign();
    String task =
        asked.place() + " " + asked.checkpoint() + " " + asked.shards() + " " + asked.copied();
    answer(key, task, asked.replyTo(), () -> run(key, task, () -> restore(asked)));
    return this;
  }

  /** Says how a task is; begins it where it is another than the last, or the last has failed. */
  private void answer(String key, String task, ActorRef<Standing> replyTo, Runnable begin) {
    if (surroundings.settings().isEmpty()) {
      replyTo.tell(
          new Standing(
              surroundings.number(),
              false,
              "",
              0,
              "its node was started without --object-store; add it"));
      return;
    }
    Work work = works.computeIfAbsent(key, unused -> new Work());
    if (!work.running && !work.task.equals(task)) {
      work.task = task;
      work.done = null;
      work.trouble = "";
      work.running = true;
      begin.run();
    }
    Blob done = work.task.equals(task) ? work.done : null;
    String trouble = work.task.equals(task) ? work.trouble : "";
    replyTo.tell(
        new Standing(
            surroundings.number(),
            done != null,
            done == null ? "" : done.sha256(),
            done == null ? 0 : done.size(),
            trouble));
    if (!trouble.isEmpty()) {
      work.task = ""; // Asked for again, it is tried again.
    }
  }

  private void measure(Copy asked) {
    String here = Cluster.get(getContext().getSystem()).selfMember().address().toString();
    ActorRef<ReplayShard.Command> shard =
        ActorRefResolver.get(getContext().getSystem())
            .resolveActorRef(here + "/user/" + Shards.NAME + "/" + asked.campaign());
    getContext()
        .ask(
            ReplayShard.Extents.class,
            shard,
            ANSWER,
            ReplayShard.GetExtents::new,
            (extents, late) ->
                extents == null
                    ? new Measured(asked, null, "it does not answer on its own node")
                    : new Measured(asked, extents.extents(), extents.trouble()));
  }

  private Behavior<Object> onMeasured(Measured measured) {
    Copy asked = measured.asked();
    String key = "copy " + asked.campaign();
    String task = asked.place() + " " + asked.checkpoint();
    StoreExtents extents = measured.extents();
    if (extents == null) {
      getContext().getSelf().tell(new Ended(key, task, null, measured.trouble()));
      return this;
    }
    Work work = works.computeIfAbsent(key, unused -> new Work());
    run(key, task, () -> copy(work, asked, extents));
    return this;
  }

  private void run(String key, String task, Callable<Blob> action) {
    getContext()
        .pipeToSelf(
            StoreWork.run(action, surroundings.executor()),
            (manifest, failure) -> new Ended(key, task, manifest, StoreWork.reason(failure)));
  }

  private ObjectStore store(StoreLocation place) {
    return surroundings.stores().apply(surroundings.settings().orElseThrow().at(place));
  }

  /** On the copying thread, as everything of a {@code work} that it touches. */
  private Blob copy(Work work, Copy asked, StoreExtents extents) throws IOException {
    StoreLocation place = StoreLocation.parse("place", asked.place());
    SegmentCopy copy = work.copy;
    if (copy == null || !work.place.equals(asked.place())) {
      if (work.store != null) {
        work.store.close();
      }
      work.store = store(place);
      work.place = asked.place();
      work.bytes = 0;
      copy = new SegmentCopy(work.store, place.key(""), surroundings.number());
      work.copy = copy;
    }
    Set<CheckpointName> keep = new TreeSet<>();
    asked.keep().forEach(name -> CheckpointName.parse(name).ifPresent(keep::add));
    CheckpointName name = CheckpointName.parse(asked.checkpoint()).orElseThrow();
    try {
      return copy.copy(extents, name, keep);
    } finally {
      CopyMetrics.bytes(surroundings.registry(), asked.campaign())
          .increment((double) (copy.bytesPut() - work.bytes));
      work.bytes = copy.bytesPut();
    }
  }

  private Blob restore(Restore asked) throws IOException {
    Path target = surroundings.data().resolve("replay").resolve(asked.campaign());
    Path mark = target.resolve(MARK);
    Blob wanted = asked.mark();
    if (Files.exists(target)) {
      InvalidInputException.check(
          Files.exists(mark) && Files.readString(mark).equals(wanted.sha256()),
          "campaign",
          asked.campaign(),
          target
              + " has replay files of it already; move them away if they are no longer needed, and"
              + " restore again");
      return wanted;
    }
    Path folder = surroundings.data().resolve("restoring").resolve("replay-" + asked.campaign());
    AtomicFolder.delete(folder);
    StoreLocation place = StoreLocation.parse("place", asked.place());
    try (ObjectStore store = store(place)) {
      new CampaignCopies(store, place.key(""))
          .restoreShards(
              asked.replay(),
              asked.shards(),
              new TreeMap<>(Map.of(surroundings.number(), folder)),
              asked.segmentBytes());
    }
    AtomicFile.write(folder.resolve(MARK), wanted.sha256().getBytes(StandardCharsets.UTF_8));
    Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.force(surroundings.data().resolve("replay"));
    return wanted;
  }

  private Behavior<Object> onEnded(Ended ended) {
    Work work = works.get(ended.key());
    if (work != null && work.task.equals(ended.task())) {
      work.running = false;
      work.done = ended.manifest();
      work.trouble = ended.trouble();
      if (!ended.trouble().isEmpty()) {
        getContext().getLog().warn("{}: {}", ended.key(), ended.trouble());
      }
    }
    return this;
  }
}
