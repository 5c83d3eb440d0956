package org.planloop.deploy.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.planloop.cluster.Roles;
import org.planloop.cluster.WrongCluster;
import org.planloop.protocol.WireMessage;

/**
 * Speaks for a node: who is in its cluster, what its threads do. Looks now and then whether it is
 * in the right cluster.
 */
public final class NodeActor extends AbstractBehavior<Object> {
  /** The actor's name. */
  static final String NAME = "node";

  private static final Duration TICK = Duration.ofSeconds(4);

  /** Looks in a row that must find the node in the wrong cluster. */
  private static final int SURE = 2;

  /** What anyone may send. */
  public sealed interface Public extends WireMessage {}

  /** Who is in the cluster? */
  public record GetMembers(ActorRef<Members> replyTo) implements Public {}

  /**
   * The answer to {@link GetMembers}.
   *
   * @param self the address of the node that answers
   */
  public record Members(String self, List<MemberStanding> members) implements WireMessage {}

  /**
   * A member of the cluster.
   *
   * @param status as the cluster calls it
   */
  public record MemberStanding(
      String address, long uid, List<String> roles, String status, boolean reachable) {}

  /** What do the threads do? */
  public record GetThreads(ActorRef<Threads> replyTo) implements Public {}

  /** The answer to {@link GetThreads}. */
  public record Threads(String address, String text) implements WireMessage {}

  /** Finish what is under way and leave the cluster. */
  public record Drain(ActorRef<Draining> replyTo) implements Public {}

  /** The answer to {@link Drain}. */
  public record Draining(String address) implements WireMessage {}

  /**
   * What was seen from outside of this cluster.
   *
   * @param members empty where nobody answered
   */
  private record Looked(Optional<Members> members) implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    LOOK
  }

  private final Cluster cluster;
  private final Supplier<CompletionStage<Members>> outside;
  private final Runnable drain;
  private final Runnable startAnew;
  private final Consumer<String> secondTrainer;
  private boolean looking;
  private int wrong;

  /**
   * @param outside asks the seeds who is in their cluster, as somebody else would: two sides of a
   *     separation that have removed each other never speak again while their processes last
   * @param drain begins to leave
   * @param startAnew ends the process so that it starts again
   * @param secondTrainer is told the address of an older trainer of this cluster
   */
  static Behavior<Object> create(
      Supplier<CompletionStage<Members>> outside,
      Runnable drain,
      Runnable startAnew,
      Consumer<String> secondTrainer) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.LOOK, TICK);
                  return new NodeActor(context, outside, drain, startAnew, secondTrainer);
                }));
  }

  private NodeActor(
      ActorContext<Object> context,
      Supplier<CompletionStage<Members>> outside,
      Runnable drain,
      Runnable startAnew,
      Consumer<String> secondTrainer) {
    super(context);
    context.setLoggerName(NodeActor.class);
    this.secondTrainer = secondTrainer;
    this.cluster = Cluster.get(context.getSystem());
    this.outside = outside;
    this.drain = drain;
    this.startAnew = startAnew;
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(GetMembers.class, this::onGetMembers)
        .onMessage(GetThreads.class, this::onGetThreads)
        .onMessage(Drain.class, this::onDrain)
        .onMessage(Ping.class, Ping::answer)
        .onMessage(Looked.class, this::onLooked)
        .onMessageEquals(Tick.LOOK, this::onLook)
        .build();
  }

  private Behavior<Object> onGetMembers(GetMembers get) {
    get.replyTo().tell(new Members(cluster.selfMember().address().toString(), members()));
    return this;
  }

  private List<MemberStanding> members() {
    return members(cluster);
  }

  static List<MemberStanding> members(Cluster cluster) {
    ClusterEvent.CurrentClusterState state = cluster.state();
    List<MemberStanding> members = new ArrayList<>();
    for (Member member : state.getMembers()) {
      List<String> roles = new ArrayList<>(member.getRoles());
      roles.removeIf(role -> role.startsWith("dc-"));
      roles.sort(null);
      members.add(
          new MemberStanding(
              member.address().toString(),
              member.uniqueAddress().longUid(),
              roles,
              member.status().toString(),
              !state.getUnreachable().contains(member)));
    }
    return members;
  }

  private Behavior<Object> onGetThreads(GetThreads get) {
    get.replyTo().tell(new Threads(cluster.selfMember().address().toString(), ThreadDump.now()));
    return this;
  }

  private Behavior<Object> onDrain(Drain asked) {
    getContext().getLog().info("this node is drained: it finishes its jobs and leaves");
    asked.replyTo().tell(new Draining(cluster.selfMember().address().toString()));
    drain.run();
    return this;
  }

  private boolean trainerHere() {
    return members().stream()
        .anyMatch(member -> member.reachable() && member.roles().contains(Roles.TRAINER));
  }

  private Optional<String> olderTrainer() {
    ClusterEvent.CurrentClusterState state = cluster.state();
    for (Member member : state.getMembers()) {
      if (member.hasRole(Roles.TRAINER)
          && member.status().equals(MemberStatus.up())
          && !member.uniqueAddress().equals(cluster.selfMember().uniqueAddress())
          && !state.getUnreachable().contains(member)
          && member.isOlderThan(cluster.selfMember())) {
        return Optional.of(member.address().hostPort());
      }
    }
    return Optional.empty();
  }

  /** Without a trainer here: has another cluster one? */
  private Behavior<Object> onLook() {
    if (cluster.selfMember().hasRole(Roles.TRAINER)) {
      olderTrainer().ifPresent(secondTrainer);
    }
    if (trainerHere() || !cluster.selfMember().status().equals(MemberStatus.up())) {
      wrong = 0;
      return this;
    }
    if (!looking) {
      looking = true;
      getContext()
          .pipeToSelf(
              outside.get(), (members, failure) -> new Looked(Optional.ofNullable(members)));
    }
    return this;
  }

  private Behavior<Object> onLooked(Looked looked) {
    looking = false;
    looked.members().ifPresent(this::compare);
    return this;
  }

  private void compare(Members other) {
    Set<String> own = new HashSet<>();
    members().stream().filter(MemberStanding::reachable).forEach(m -> own.addAll(m.roles()));
    Set<String> theirs = new HashSet<>();
    other.members().stream()
        .filter(MemberStanding::reachable)
        .forEach(m -> theirs.addAll(m.roles()));
    long uid = cluster.selfMember().uniqueAddress().longUid();
    boolean known = other.members().stream().anyMatch(member -> member.uid() == uid);
    if (WrongCluster.is(own, theirs, known) && ++wrong >= SURE) {
      getContext()
          .getLog()
          .warn(
              "this node's cluster has no trainer and {}'s has one: it starts anew", other.self());
      startAnew.run();
    }
  }
}
