package org.planloop.cluster;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.Snapshots.Chunk;

/**
 * Broadcasts policy snapshots: every new one goes once to every node's cache; older ones are sent
 * again on request. A cache that asks for what is on its way to it asks too early and gets no
 * second copy. Reads the archive, so it belongs on a blocking dispatcher.
 */
public final class SnapshotPublisher extends AbstractBehavior<Object> {
  private static final int KEPT = 4;

  /** What was sent this long ago and is asked for again must have been lost. */
  static final Duration ON_ITS_WAY = Duration.ofSeconds(5);

  /** A new snapshot; answered when it is on its way. Local. */
  public record Publish(PolicySnapshot snapshot, ActorRef<Published> replyTo)
      implements NoSerializationVerificationNeeded {}

  /** The answer to {@link Publish}. */
  public record Published(int version, int bytes) implements NoSerializationVerificationNeeded {}

  private record Transfer(int version, ActorRef<Chunk> cache) {}

  private record CacheGone(ActorRef<Chunk> cache) implements NoSerializationVerificationNeeded {}

  /** Hears which node holds what. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param node its address
     * @param newest the newest version there, -1 for none
     */
    void holds(String node, int newest);
  }

  private final IntFunction<Optional<PolicySnapshot>> archive;
  private final Listener listener;
  private final LongSupplier nanoTime;
  private final Set<ActorRef<Chunk>> caches = new LinkedHashSet<>();

  /** When each transfer of the last {@link #ON_ITS_WAY} began that has not been acknowledged. */
  private final Map<Transfer, Long> begun = new LinkedHashMap<>();

  private final Map<Integer, byte[]> newest = new LinkedHashMap<>();

  /**
   * @param archive finds an older version that the publisher no longer holds
   */
  public static Behavior<Object> create(IntFunction<Optional<PolicySnapshot>> archive) {
    return create(archive, (node, newest) -> {}, System::nanoTime);
  }

  /**
   * @param archive finds an older version that the publisher no longer holds
   * @param listener hears of every cache, about once a second
   * @param nanoTime a monotonic clock
   */
  public static Behavior<Object> create(
      IntFunction<Optional<PolicySnapshot>> archive, Listener listener, LongSupplier nanoTime) {
    return Behaviors.setup(context -> new SnapshotPublisher(context, archive, listener, nanoTime));
  }

  private SnapshotPublisher(
      ActorContext<Object> context,
      IntFunction<Optional<PolicySnapshot>> archive,
      Listener listener,
      LongSupplier nanoTime) {
    super(context);
    this.archive = archive;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Publish.class, this::onPublish)
        .onMessage(Snapshots.Subscribe.class, this::onSubscribe)
        .onMessage(Snapshots.Fetch.class, this::onFetch)
        .onMessage(CacheGone.class, this::onCacheGone)
        .build();
  }

  private Behavior<Object> onPublish(Publish publish) {
    int version = publish.snapshot().version();
    byte[] bytes = PolicyCodec.toBytes(publish.snapshot());
    keep(version, bytes);
    for (ActorRef<Chunk> cache : caches) {
      send(version, bytes, cache);
    }
    getContext()
        .getLog()
        .debug("published policy {}: {} bytes to {} nodes", version, bytes.length, caches.size());
    publish.replyTo().tell(new Published(version, bytes.length));
    return this;
  }

  private Behavior<Object> onSubscribe(Snapshots.Subscribe subscribe) {
    listener.holds(subscribe.cache().path().address().hostPort(), subscribe.newest());
    // Whatever it asks for from here on it has not, or no longer.
    begun
        .keySet()
        .removeIf(
            transfer ->
                transfer.cache().equals(subscribe.cache())
                    && transfer.version() <= subscribe.newest());
    if (caches.add(subscribe.cache())) {
      getContext().watchWith(subscribe.cache(), new CacheGone(subscribe.cache()));
    }
    return this;
  }

  private Behavior<Object> onFetch(Snapshots.Fetch fetch) {
    Long since = begun.get(new Transfer(fetch.version(), fetch.cache()));
    if (since != null && nanoTime.getAsLong() - since < ON_ITS_WAY.toNanos()) {
      return this;
    }
    byte[] held = newest.get(fetch.version());
    if (held != null) {
      send(fetch.version(), held, fetch.cache());
      return this;
    }
    Optional<PolicySnapshot> found = archive.apply(fetch.version());
    if (found.isPresent()) {
      byte[] bytes = PolicyCodec.toBytes(found.get());
      keep(fetch.version(), bytes);
      send(fetch.version(), bytes, fetch.cache());
    } else {
      getContext().getLog().warn("policy {} was asked for but is not published", fetch.version());
    }
    return this;
  }

  private Behavior<Object> onCacheGone(CacheGone gone) {
    caches.remove(gone.cache());
    return this;
  }

  private void keep(int version, byte[] bytes) {
    newest.remove(version);
    newest.put(version, bytes);
    if (newest.size() > KEPT) {
      newest.remove(newest.keySet().iterator().next());
    }
  }

  private void send(int version, byte[] bytes, ActorRef<Chunk> cache) {
    long now = nanoTime.getAsLong();
    begun.values().removeIf(since -> now - since >= ON_ITS_WAY.toNanos());
    begun.put(new Transfer(version, cache), now);
    for (Chunk chunk : SnapshotAssembly.cut(version, bytes)) {
      cache.tell(chunk);
    }
  }
}
