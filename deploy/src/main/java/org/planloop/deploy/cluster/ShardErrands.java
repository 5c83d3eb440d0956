package org.planloop.deploy.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.planloop.cluster.Roles;
import org.planloop.deploy.objectstore.Blob;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.ReplayCopies;

/** Has the shards of a cluster do something, all at once, and waits until all have. Blocks. */
final class ShardErrands {
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final Duration AGAIN = Duration.ofMillis(200);

  /** A shard whose node has been silent for longer is given up for this time. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final ActorSystem<?> system;
  private final Questions questions;

  ShardErrands(ActorSystem<?> system) {
    this.system = system;
    this.questions = new Questions(system);
  }

  /**
   * Copies of a campaign's shards.
   *
   * @param place of the campaign in the store
   */
  ReplayCopies copies(String campaign, String place, int shards) {
    return (folder, name, keep) ->
        run(
            shards,
            (shard, replyTo) ->
                new ShardCopier.Copy(
                    campaign,
                    place,
                    name.toString(),
                    keep.stream().map(CheckpointName::toString).toList(),
                    replyTo),
            waiting -> {});
  }

  /**
   * Asks until all have done it.
   *
   * @param errand what to ask a shard for
   * @param waiting is told which shards do not answer
   * @return the shards' manifests
   * @throws IOException if a shard cannot do it, or its node is silent for a minute
   */
  List<Blob> run(
      int shards,
      BiFunction<Integer, ActorRef<ShardCopier.Standing>, Object> errand,
      Consumer<String> waiting)
      throws IOException, InterruptedException {
    List<Optional<Blob>> done = new ArrayList<>();
    List<Long> heard = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      done.add(Optional.empty());
      heard.add(System.nanoTime());
    }
    while (!done.stream().allMatch(Optional::isPresent)) {
      List<Optional<CompletableFuture<ShardCopier.Standing>>> asked = new ArrayList<>();
      for (int i = 0; i < shards; i++) {
        int shard = i;
        asked.add(
            done.get(i).isPresent()
                ? Optional.empty()
                : address(i)
                    .map(
                        address ->
                            questions.ask(
                                questions.<Object>actor(address, "/user/" + ShardCopier.NAME),
                                replyTo -> errand.apply(shard, replyTo),
                                ANSWER)));
      }
      for (int i = 0; i < shards; i++) {
        if (done.get(i).isEmpty()) {
          Optional<ShardCopier.Standing> standing = await(asked.get(i));
          if (standing.isPresent()) {
            heard.set(i, System.nanoTime());
            done.set(i, blob(i, standing.get()));
          } else {
            waiting.accept("no answer from " + Roles.shard(i));
            requireHeard(i, heard.get(i));
          }
        }
      }
      TimeUnit.MILLISECONDS.sleep(AGAIN.toMillis());
    }
    return done.stream().map(Optional::orElseThrow).toList();
  }

  /** The shards whose nodes are in the cluster, in reach or not. */
  SortedSet<Integer> numbers() {
    return NodeActor.members(Cluster.get(system)).stream()
        .flatMap(member -> member.roles().stream())
        .flatMapToInt(role -> Roles.shardNumber(role).stream())
        .boxed()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Optional<String> address(int shard) {
    return NodeActor.members(Cluster.get(system)).stream()
        .filter(member -> member.reachable() && member.roles().contains(Roles.shard(shard)))
        .map(NodeActor.MemberStanding::address)
        .findFirst();
  }

  private static Optional<ShardCopier.Standing> await(
      Optional<CompletableFuture<ShardCopier.Standing>> asked) throws InterruptedException {
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(asked.get().get(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  private static Optional<Blob> blob(int shard, ShardCopier.Standing standing) throws IOException {
    if (!standing.trouble().isEmpty()) {
      throw new IOException("replay shard " + shard + ": " + standing.trouble());
    }
    return standing.done()
        ? Optional.of(new Blob(standing.sha256(), standing.size()))
        : Optional.empty();
  }

  private static void requireHeard(int shard, long since) throws IOException {
    if (System.nanoTime() - since > SILENCE.toNanos()) {
      throw new IOException(
          "replay "
              + Roles.shard(shard)
              + " has not answered for "
              + SILENCE.toSeconds()
              + " s; start its node again");
    }
  }
}
