package org.planloop.deploy.bench;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.metrics.Meters;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.actor.ReplayMetrics;
import org.planloop.replay.actor.ReplayShard;
import org.planloop.replay.actor.ShardReplayView;

/**
 * A replay shard on one node and those who feed and read it on another, both in this process, over
 * loopback. Every chunk is confirmed once it is on disk, as in a campaign.
 */
final class RemoteShard implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Chunks that a feeder has on their way: what a worker may have. */
  private static final int WINDOW = 8;

  private static final int FEEDERS = 4;

  /** Send so many chunks, and say when all are confirmed. */
  private record Feed(int chunks, CompletableFuture<Boolean> confirmed)
      implements NoSerializationVerificationNeeded {}

  private final ActorSystem<SpawnProtocol.Command> keeping;
  private final ActorSystem<SpawnProtocol.Command> using;
  private final ActorRef<ReplayShard.Command> shard;
  private final List<ActorRef<Object>> feeders = new ArrayList<>();
  private final AtomicInteger job = new AtomicInteger(1 << 20);
  private final TransitionBatch rows;

  /**
   * @param chunks on either side that are there already
   * @param transport settings of both nodes, one of {@link NodeActors}
   */
  RemoteShard(Path folder, int stateSize, int actionSize, int chunks, Config transport)
      throws IOException {
    rows = RandomRows.chunk(stateSize, actionSize, new RandomStream(1));
    ReplayStore store = RandomRows.store(folder, stateSize, actionSize, chunks);
    keeping = NodeActors.start(SpawnProtocol.create(), transport);
    using = NodeActors.start(SpawnProtocol.create(), transport);
    ActorRef<ReplayShard.Command> here =
        NodeActors.spawn(
            keeping,
            ReplayShard.create(store, new ReplayMetrics(Meters.simple(), 0)),
            "shard",
            ReplayShard.dispatcher());
    shard =
        ActorRefResolver.get(using)
            .resolveActorRef(ActorRefResolver.get(keeping).toSerializationFormat(here));
    for (int i = 0; i < FEEDERS; i++) {
      feeders.add(
          NodeActors.spawn(using, Behaviors.setup(this::feeder), "feeder-" + i, Props.empty()));
    }
  }

  /** Rows of one chunk. */
  int chunkRows() {
    return rows.size();
  }

  private Behavior<Object> feeder(ActorContext<Object> context) {
    return Behaviors.receive(Object.class)
        .onMessage(
            Feed.class,
            feed -> {
              for (int i = 0; i < Math.min(WINDOW, feed.chunks()); i++) {
                send(context);
              }
              return feeding(context, feed, feed.chunks());
            })
        .build();
  }

  private Behavior<Object> feeding(ActorContext<Object> context, Feed feed, int left) {
    return Behaviors.receive(Object.class)
        .onMessage(
            ReplayShard.Appended.class,
            appended -> {
              if (left == 1) {
                feed.confirmed().complete(true);
                return feeder(context);
              }
              if (left > WINDOW) {
                send(context);
              }
              return feeding(context, feed, left - 1);
            })
        .build();
  }

  private void send(ActorContext<Object> context) {
    shard.tell(
        new ReplayShard.Append(
            RandomRows.key(Provenance.LEARNER, job.getAndIncrement()),
            1,
            0,
            rows,
            context.getSelf().narrow()));
  }

  /** Feeds chunks, and returns when every one is confirmed. */
  void feed(int chunks) {
    await(startFeeding(chunks));
  }

  /** Feeds chunks; completes when every one is confirmed. */
  CompletableFuture<Void> startFeeding(int chunks) {
    CompletableFuture<?>[] all =
        feeders.stream()
            .map(
                feeder -> {
                  CompletableFuture<Boolean> confirmed = new CompletableFuture<>();
                  feeder.tell(new Feed(chunks / FEEDERS, confirmed));
                  return confirmed;
                })
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(all);
  }

  /** A view of what is there, read over the wire. */
  ShardReplayView view() {
    return ShardReplayView.open(using, List.of(shard), 1, 0, PATIENCE);
  }

  static <T> T await(CompletableFuture<T> future) {
    return NodeActors.await(future, PATIENCE, "the shard did not answer");
  }

  @Override
  public void close() {
    NodeActors.stopAll(List.of(using, keeping));
  }
}
