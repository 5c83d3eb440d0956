package org.planloop.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.planloop.metrics.Meters;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.Snapshots.Chunk;

/**
 * Keeps the newest policy snapshots of this node and hands them to the node's workers: one transfer
 * a node, not one a worker.
 */
public final class SnapshotCache extends AbstractBehavior<Object> {
  private static final int KEPT = 4;
  private static final Duration REPEAT = Duration.ofSeconds(1);

  /**
   * A worker of this node needs a version. Answered as soon as it is here. Never leaves the node.
   */
  public record Get(int version, ActorRef<Ready> worker)
      implements NoSerializationVerificationNeeded {}

  /** The answer to {@link Get}. */
  public record Ready(PolicySnapshot snapshot) implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    REPEAT
  }

  private final ActorRef<? super Snapshots> publisher;
  private final SnapshotMetrics metrics;

  /** The one that was longest not asked for comes first, and goes first. */
  private final Map<Integer, PolicySnapshot> complete = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Integer, SnapshotAssembly> partial = new LinkedHashMap<>();
  private final Map<Integer, List<ActorRef<Ready>>> waiting = new LinkedHashMap<>();

  /** Versions of which something has come since the last tick. */
  private final Set<Integer> coming = new HashSet<>();

  /**
   * @param publisher who publishes the snapshots
   */
  public static Behavior<Object> create(ActorRef<? super Snapshots> publisher) {
    return create(publisher, new SnapshotMetrics(Meters.simple(), ""));
  }

  /**
   * @param publisher who publishes the snapshots
   */
  public static Behavior<Object> create(
      ActorRef<? super Snapshots> publisher, SnapshotMetrics metrics) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.REPEAT, REPEAT);
                  return new SnapshotCache(context, publisher, metrics);
                }));
  }

  private SnapshotCache(
      ActorContext<Object> context,
      ActorRef<? super Snapshots> publisher,
      SnapshotMetrics metrics) {
    super(context);
    this.publisher = publisher;
    this.metrics = metrics;
    subscribe();
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Get.class, this::onGet)
        .onMessage(Chunk.class, this::onChunk)
        .onMessageEquals(Tick.REPEAT, this::onRepeat)
        .build();
  }

  private Behavior<Object> onGet(Get get) {
    PolicySnapshot snapshot = complete.get(get.version());
    if (snapshot != null) {
      get.worker().tell(new Ready(snapshot));
      return this;
    }
    boolean asked = waiting.containsKey(get.version());
    waiting.computeIfAbsent(get.version(), version -> new ArrayList<>()).add(get.worker());
    metrics.waitedFor(waiting.size());
    if (!asked && !partial.containsKey(get.version())) {
      fetch(get.version());
    }
    return this;
  }

  private Behavior<Object> onChunk(Chunk chunk) {
    if (complete.containsKey(chunk.version())) {
      return this;
    }
    try {
      SnapshotAssembly assembly = partial.get(chunk.version());
      if (assembly == null) {
        assembly = new SnapshotAssembly(chunk);
        if (partial.size() == KEPT) {
          partial.remove(partial.keySet().iterator().next());
        }
        partial.put(chunk.version(), assembly);
      }
      coming.add(chunk.version());
      assembly
          .add(chunk)
          .ifPresent(
              bytes -> onComplete(PolicyCodec.fromBytes("snapshot " + chunk.version(), bytes)));
    } catch (IllegalArgumentException e) {
      // A damaged snapshot must not fly; it is asked for again on the next tick.
      partial.remove(chunk.version());
      getContext().getLog().warn("policy snapshot refused: {}", e.getMessage());
    }
    return this;
  }

  private void onComplete(PolicySnapshot snapshot) {
    partial.remove(snapshot.version());
    complete.put(snapshot.version(), snapshot);
    if (complete.size() > KEPT) {
      complete.remove(complete.keySet().iterator().next());
    }
    metrics.holds(newest());
    subscribe(); // Says that it is here.
    List<ActorRef<Ready>> workers = waiting.remove(snapshot.version());
    metrics.waitedFor(waiting.size());
    if (workers != null) {
      workers.forEach(worker -> worker.tell(new Ready(snapshot)));
    }
  }

  private Behavior<Object> onRepeat() {
    subscribe();
    waiting.keySet().stream().filter(version -> !coming.contains(version)).forEach(this::fetch);
    coming.clear();
    return this;
  }

  private void subscribe() {
    publisher.tell(new Snapshots.Subscribe(getContext().getSelf().narrow(), newest()));
  }

  private int newest() {
    return complete.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
  }

  private void fetch(int version) {
    publisher.tell(new Snapshots.Fetch(version, getContext().getSelf().narrow()));
  }
}
