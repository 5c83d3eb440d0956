package org.planloop.rollout;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.planloop.cluster.SnapshotCache;
import org.planloop.data.JobKey;
import org.planloop.environment.Environment;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Assignment;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.actor.ReplayShard;

/**
 * Pulls jobs, flies them on a thread of its own, streams the rows to replay and reports a job done
 * once replay has confirmed all of it. Stateless between jobs, apart from the policy it keeps open:
 * it can be lost at any time.
 */
public final class Worker {
  /**
   * A repeated pull finds a dispatcher that was restarted; a repeated chunk finds a shard that was.
   */
  private static final Duration REPEAT = Duration.ofSeconds(5);

  private static final Duration REPLAY_PATIENCE = Duration.ofMinutes(2);

  /**
   * What a worker works with.
   *
   * @param epoch the campaign's epoch in the replay files
   * @param flying runs flights: blocking, never an actor's dispatcher
   * @param nanoTime a monotonic clock, for timings only
   */
  public record Surroundings(
      Environment environment,
      PolicySource policies,
      RolloutSettings settings,
      double discount,
      long epoch,
      ActorRef<? super Dispatching> dispatcher,
      ActorRef<? super SnapshotCache.Get> snapshots,
      List<ActorRef<ReplayShard.Command>> shards,
      Executor flying,
      LongSupplier nanoTime,
      RolloutMetrics metrics) {}

  private record ChunkFlown(RolloutJob job, ChunkWindow.Pending chunk)
      implements NoSerializationVerificationNeeded {}

  private record Landed(RolloutJob job, @Nullable JobResult result, @Nullable Throwable failure)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    REPEAT
  }

  private final ActorContext<Object> context;
  private final Surroundings surroundings;
  private final JobRollout rollout;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private @Nullable OpenPolicy open;
  private @Nullable OpenPolicy rescuer;

  private record OpenPolicy(int version, PolicyDefinition definition, Policy policy) {
    static boolean is(@Nullable OpenPolicy policy, int version) {
      return policy != null && policy.version() == version;
    }
  }

  public static Behavior<Assignment> create(Surroundings surroundings) {
    return Behaviors.<Object>setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      timers.startTimerWithFixedDelay(Tick.REPEAT, REPEAT);
                      return new Worker(context, surroundings).idle();
                    }))
        .narrow();
  }

  private Worker(ActorContext<Object> context, Surroundings surroundings) {
    this.context = context;
    this.surroundings = surroundings;
    this.rollout =
        new JobRollout(
            surroundings.environment(),
            surroundings.discount(),
            Math.min(
                surroundings.settings().chunkRows(),
                ReplayShard.blockRows(
                    surroundings.environment().states().size(),
                    surroundings.environment().actions().size())),
            surroundings.nanoTime());
  }

  private Behavior<Object> idle() {
    pull();
    return Behaviors.receive(Object.class)
        .onMessage(Assignment.class, assignment -> fetching(assignment.job()))
        .onMessageEquals(Tick.REPEAT, this::pull)
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  private Behavior<Object> pull() {
    surroundings.dispatcher().tell(new Dispatching.Pull(self()));
    return Behaviors.same();
  }

  /** Waits until the policies of the job are here: the candidate, then its rescuer. */
  private Behavior<Object> fetching(RolloutJob job) {
    if (!OpenPolicy.is(open, job.policyVersion())) {
      return fetching(job, job.policyVersion());
    }
    if (job.supervised() && !OpenPolicy.is(rescuer, job.rescuer())) {
      return fetching(job, job.rescuer());
    }
    return flying(job);
  }

  private Behavior<Object> fetching(RolloutJob job, int version) {
    surroundings.snapshots().tell(new SnapshotCache.Get(version, context.getSelf().narrow()));
    return Behaviors.receive(Object.class)
        .onMessage(SnapshotCache.Ready.class, ready -> onSnapshot(job, version, ready.snapshot()))
        .onMessageEquals(Tick.REPEAT, () -> renew(job))
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  private Behavior<Object> onSnapshot(RolloutJob job, int version, PolicySnapshot snapshot) {
    if (snapshot.version() != version) {
      return Behaviors.same();
    }
    try {
      if (!OpenPolicy.is(open, job.policyVersion())) {
        closePolicy();
        open = opened(version, snapshot.definition());
      } else {
        closeRescuer();
        rescuer = opened(version, Supervisor.asRescuer(snapshot.definition()));
      }
    } catch (RuntimeException e) {
      return giveUp(job, e.toString());
    }
    return fetching(job);
  }

  private OpenPolicy opened(int version, PolicyDefinition definition) {
    return new OpenPolicy(version, definition, surroundings.policies().open(definition));
  }

  private Behavior<Object> flying(RolloutJob job) {
    OpenPolicy candidate = requireNonNull(open);
    OpenPolicy watching = job.supervised() ? requireNonNull(rescuer) : null;
    ActorRef<Object> self = context.getSelf();
    cancelled.set(false);
    ChunkWindow window =
        job.stored()
            ? new ChunkWindow(job, REPLAY_PATIENCE, chunk -> self.tell(new ChunkFlown(job, chunk)))
            : null;
    JobRollout.ChunkSink sink = window == null ? JobRollout.ChunkSink.NONE : window;
    context.pipeToSelf(
        CompletableFuture.supplyAsync(
            () -> fly(job, candidate, watching, sink), surroundings.flying()),
        (result, failure) -> new Landed(job, result, failure));
    return inFlight(job, window, null);
  }

  /** Called on the flying thread. */
  private JobResult fly(
      RolloutJob job,
      OpenPolicy candidate,
      @Nullable OpenPolicy watching,
      JobRollout.ChunkSink sink) {
    if (watching == null) {
      return rollout.fly(job, candidate.policy(), sink, cancelled::get);
    }
    try (Supervisor supervisor =
        new Supervisor(
            surroundings.settings().envelope(),
            surroundings.environment(),
            candidate.definition(),
            watching.policy())) {
      return rollout.fly(job, candidate.policy(), supervisor, sink, cancelled::get);
    }
  }

  /** The flight is called off; the policy is free again once it has landed. */
  private Behavior<Object> aborting(RolloutJob job, String reason) {
    cancelled.set(true);
    return Behaviors.receive(Object.class)
        .onMessage(
            Landed.class,
            landing -> landing.job().equals(job) ? giveUp(job, reason) : Behaviors.same())
        .onMessageEquals(Tick.REPEAT, () -> renew(job))
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  /**
   * In the air, or landed and waiting for confirmations.
   *
   * @param window null for a job whose rows nobody stores
   * @param landed null while still flying
   */
  private Behavior<Object> inFlight(
      RolloutJob job, @Nullable ChunkWindow window, @Nullable JobResult landed) {
    if (landed != null && (window == null || window.empty())) {
      surroundings.dispatcher().tell(new Dispatching.Done(self(), landed));
      return idle();
    }
    return Behaviors.receive(Object.class)
        .onMessage(ChunkFlown.class, flown -> onChunkFlown(job, window, flown))
        .onMessage(Landed.class, landing -> onLanded(job, window, landing))
        .onMessage(ReplayShard.AppendReply.class, reply -> onReply(job, window, landed, reply))
        .onMessageEquals(Tick.REPEAT, () -> onRepeat(job, window))
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  private Behavior<Object> onChunkFlown(
      RolloutJob job, @Nullable ChunkWindow window, ChunkFlown flown) {
    if (window == null || !flown.job().equals(job)) {
      return Behaviors.same();
    }
    window.sent(flown.chunk());
    append(flown.chunk(), job);
    return Behaviors.same();
  }

  private void append(ChunkWindow.Pending chunk, RolloutJob job) {
    int shard = Math.floorMod(31 * job.iteration() + job.index(), surroundings.shards().size());
    surroundings
        .shards()
        .get(shard)
        .tell(
            new ReplayShard.Append(
                chunk.key(),
                job.policyVersion(),
                surroundings.epoch(),
                chunk.rows(),
                context.getSelf().narrow()));
  }

  private Behavior<Object> onLanded(RolloutJob job, @Nullable ChunkWindow window, Landed landing) {
    if (!landing.job().equals(job)) {
      return Behaviors.same();
    }
    JobResult result = landing.result();
    if (result == null) {
      Throwable failure = landing.failure();
      Throwable cause =
          failure != null && failure.getCause() != null ? failure.getCause() : failure;
      // The policies may be in any state after a failure half way.
      closePolicy();
      closeRescuer();
      return giveUp(job, String.valueOf(cause));
    }
    return inFlight(job, window, result);
  }

  private Behavior<Object> onReply(
      RolloutJob job,
      @Nullable ChunkWindow window,
      @Nullable JobResult landed,
      ReplayShard.AppendReply reply) {
    JobKey answered = reply.key().job();
    if (window == null || !(answered.equals(job.key()) || answered.equals(job.rescueKey()))) {
      return Behaviors.same();
    }
    if (reply instanceof ReplayShard.Appended) {
      window.confirmed(reply.key());
      return inFlight(job, window, landed);
    } else if (reply instanceof ReplayShard.Refused refused) {
      context.getLog().error("replay refuses {}: {}", refused.key(), refused.reason());
      String reason = "replay refuses a chunk: " + refused.reason();
      return landed == null ? aborting(job, reason) : giveUp(job, reason);
    } else if (reply instanceof ReplayShard.Outdated outdated) {
      context
          .getLog()
          .error(
              "a newer run (epoch {}) holds the replay files; this worker stops", outdated.epoch());
      cancelled.set(true);
      return Behaviors.stopped();
    }
    // Busy: the next tick sends the chunk again.
    return Behaviors.same();
  }

  private Behavior<Object> onRepeat(RolloutJob job, @Nullable ChunkWindow window) {
    if (window != null) {
      for (ChunkWindow.Pending chunk : window.unconfirmed()) {
        surroundings.metrics().chunkResent();
        append(chunk, job);
      }
    }
    return renew(job);
  }

  private Behavior<Object> renew(RolloutJob job) {
    surroundings.dispatcher().tell(new Dispatching.Renew(self(), job));
    return Behaviors.same();
  }

  private Behavior<Object> giveUp(RolloutJob job, String reason) {
    surroundings.dispatcher().tell(new Dispatching.Failed(self(), job, reason));
    return idle();
  }

  private Behavior<Object> onStop() {
    cancelled.set(true);
    // A flight in the air may still use the policy; it ends at its next step and the process is
    // about to go.
    return Behaviors.same();
  }

  private void closePolicy() {
    if (open != null) {
      open.policy().close();
      open = null;
    }
  }

  private void closeRescuer() {
    if (rescuer != null) {
      rescuer.policy().close();
      rescuer = null;
    }
  }

  private ActorRef<Assignment> self() {
    return context.getSelf().narrow();
  }
}
