package org.planloop.rollout;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.BehaviorBuilder;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.planloop.cluster.Backoff;
import org.planloop.cluster.SnapshotCache;
import org.planloop.data.JobKey;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.protocol.Task;
import org.planloop.protocol.WorkOrder;
import org.planloop.replay.actor.ReplayShard;

/**
 * Pulls jobs, flies them on a thread of its own, streams the rows to replay and reports a job done
 * once replay has confirmed all of it. Stateless between jobs, apart from the policy it keeps open:
 * it can be lost at any time, and it flies for whatever campaign the dispatcher names.
 */
public final class Worker {
  /** How often a worker says that it is there: a lease lapses after five times as long. */
  private static final Duration TICK = Duration.ofMillis(500);

  /** A chunk without an answer finds a shard that was restarted, or has a lost one repeated. */
  private static final Duration RESEND = Duration.ofSeconds(2);

  /** After this long without a confirmation the job goes back to the dispatcher. */
  private static final Duration REPLAY_PATIENCE = Duration.ofMinutes(10);

  /** The rests after jobs that failed in a row, so that other workers get a chance. */
  private static final Backoff RESTS = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30));

  /**
   * What a worker works with.
   *
   * @param workplaces tells what there is of a campaign on this node
   * @param flying runs flights: blocking, never an actor's dispatcher
   * @param nanoTime a monotonic clock, for timings only
   */
  public record Surroundings(
      ActorRef<? super Dispatching> dispatcher,
      ActorRef<? super Workplaces.Get> workplaces,
      Executor flying,
      LongSupplier nanoTime,
      WorkerMetrics metrics) {}

  /** Finish the job under way and stop. Never leaves the node. */
  public enum Drain implements NoSerializationVerificationNeeded {
    NOW
  }

  private record ChunkFlown(Task task, ChunkWindow.Pending chunk)
      implements NoSerializationVerificationNeeded {}

  private record Landed(Task task, @Nullable JobResult result, @Nullable Throwable failure)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    REPEAT,
    RESTED
  }

  private final ActorContext<Object> context;
  private final TimerScheduler<Object> timers;
  private final Surroundings surroundings;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private Workplaces.@Nullable Workplace place;
  private @Nullable JobRollout rollout;
  private @Nullable OpenPolicy open;
  private @Nullable OpenPolicy rescuer;
  private long pulls;
  private int failuresInARow;
  private boolean draining;

  private record OpenPolicy(int version, PolicyDefinition definition, Policy policy) {
    static boolean is(@Nullable OpenPolicy policy, int version) {
      return policy != null && policy.version() == version;
    }
  }

  public static Behavior<Object> create(Surroundings surroundings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.REPEAT, TICK);
                  return new Worker(context, timers, surroundings).idle();
                }));
  }

  private Worker(
      ActorContext<Object> context, TimerScheduler<Object> timers, Surroundings surroundings) {
    this.context = context;
    this.timers = timers;
    this.surroundings = surroundings;
  }

  private Behavior<Object> idle() {
    if (draining) {
      return Behaviors.stopped();
    }
    pulls++;
    pull();
    return Behaviors.receive(Object.class)
        .onMessage(WorkOrder.Assignment.class, this::onAssignment)
        .onMessageEquals(Tick.REPEAT, this::pull)
        .onMessageEquals(Drain.NOW, Behaviors::stopped)
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStop())
        .build();
  }

  private Behavior<Object> pull() {
    surroundings.dispatcher().tell(new Dispatching.Pull(self(), pulls));
    return Behaviors.same();
  }

  private Behavior<Object> onAssignment(WorkOrder.Assignment assignment) {
    return assignment.pull() == pulls ? settling(assignment.task()) : Behaviors.same();
  }

  /** What every phase with a job understands: renewing, draining, and that nobody wants it. */
  private BehaviorBuilder<Object> busy(Task task, Supplier<Behavior<Object>> onRevoked) {
    return Behaviors.receive(Object.class)
        .onMessage(
            WorkOrder.Revoked.class,
            revoked -> revoked.task().equals(task) ? onRevoked.get() : Behaviors.same())
        .onMessageEquals(
            Drain.NOW,
            () -> {
              draining = true;
              return Behaviors.same();
            });
  }

  private static Behavior<Object> rest(BehaviorBuilder<Object> phase, Worker worker) {
    return phase
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> worker.onStop())
        .build();
  }

  /** Waits until the node has what the campaign needs. */
  private Behavior<Object> settling(Task task) {
    if (place != null && place.campaign().equals(task.campaign())) {
      return fetching(task);
    }
    surroundings.workplaces().tell(new Workplaces.Get(task.campaign(), context.getSelf().narrow()));
    return rest(
        busy(task, this::idle)
            .onMessage(
                Workplaces.Ready.class,
                ready ->
                    ready.campaign().equals(task.campaign())
                        ? settled(task, ready.workplace())
                        : Behaviors.same())
            .onMessage(
                Workplaces.Unavailable.class,
                none ->
                    none.campaign().equals(task.campaign())
                        ? giveUp(task, none.reason())
                        : Behaviors.same())
            .onMessageEquals(Tick.REPEAT, () -> renew(task)),
        this);
  }

  private Behavior<Object> settled(Task task, Workplaces.Workplace workplace) {
    closePolicy();
    closeRescuer();
    place = workplace;
    rollout =
        new JobRollout(
            workplace.environment(),
            workplace.discount(),
            Math.min(
                workplace.settings().chunkRows(),
                ReplayShard.blockRows(
                    workplace.environment().states().size(),
                    workplace.environment().actions().size())),
            surroundings.nanoTime());
    return fetching(task);
  }

  private Workplaces.Workplace place() {
    return requireNonNull(place);
  }

  /** Waits until the policies of the job are here: the candidate, then its rescuer. */
  private Behavior<Object> fetching(Task task) {
    RolloutJob job = task.job();
    if (!OpenPolicy.is(open, job.policyVersion())) {
      return fetching(task, job.policyVersion());
    }
    if (job.supervised() && !OpenPolicy.is(rescuer, job.rescuer())) {
      return fetching(task, job.rescuer());
    }
    return flying(task);
  }

  private Behavior<Object> fetching(Task task, int version) {
    place().snapshots().tell(new SnapshotCache.Get(version, context.getSelf().narrow()));
    return rest(
        busy(task, this::idle)
            .onMessage(
                SnapshotCache.Ready.class, ready -> onSnapshot(task, version, ready.snapshot()))
            .onMessageEquals(Tick.REPEAT, () -> renew(task)),
        this);
  }

  private Behavior<Object> onSnapshot(Task task, int version, PolicySnapshot snapshot) {
    if (snapshot.version() != version) {
      return Behaviors.same();
    }
    try {
      if (!OpenPolicy.is(open, task.job().policyVersion())) {
        closePolicy();
        open = opened(version, snapshot.definition());
      } else {
        closeRescuer();
        rescuer = opened(version, Supervisor.asRescuer(snapshot.definition()));
      }
    } catch (RuntimeException e) {
      return giveUp(task, e.toString());
    }
    return fetching(task);
  }

  private OpenPolicy opened(int version, PolicyDefinition definition) {
    return new OpenPolicy(version, definition, place().policies().open(definition));
  }

  private Behavior<Object> flying(Task task) {
    RolloutJob job = task.job();
    OpenPolicy candidate = requireNonNull(open);
    OpenPolicy watching = job.supervised() ? requireNonNull(rescuer) : null;
    ActorRef<Object> self = context.getSelf();
    cancelled.set(false);
    ChunkWindow window =
        job.stored()
            ? new ChunkWindow(job, REPLAY_PATIENCE, chunk -> self.tell(new ChunkFlown(task, chunk)))
            : null;
    JobRollout.ChunkSink sink = window == null ? JobRollout.ChunkSink.NONE : window;
    context.pipeToSelf(
        CompletableFuture.supplyAsync(
            () -> fly(job, candidate, watching, sink), surroundings.flying()),
        (result, failure) -> new Landed(task, result, failure));
    return inFlight(task, window, null);
  }

  /** Called on the flying thread. */
  private JobResult fly(
      RolloutJob job,
      OpenPolicy candidate,
      @Nullable OpenPolicy watching,
      JobRollout.ChunkSink sink) {
    JobRollout flight = requireNonNull(rollout);
    surroundings.metrics().takenOff();
    try {
      return watching == null
          ? flight.fly(job, candidate.policy(), sink, cancelled::get)
          : supervised(flight, job, candidate, watching, sink);
    } finally {
      surroundings.metrics().landed();
    }
  }

  private JobResult supervised(
      JobRollout flight,
      RolloutJob job,
      OpenPolicy candidate,
      OpenPolicy watching,
      JobRollout.ChunkSink sink) {
    try (Supervisor supervisor =
        new Supervisor(
            place().settings().envelope(),
            place().environment(),
            candidate.definition(),
            watching.policy())) {
      return flight.fly(job, candidate.policy(), supervisor, sink, cancelled::get);
    }
  }

  /**
   * The flight is called off; the policy is free again once it has landed.
   *
   * @param window freed, so that a flight that waits for it lands
   */
  private Behavior<Object> aborting(
      Task task, @Nullable ChunkWindow window, Supplier<Behavior<Object>> then) {
    cancelled.set(true);
    if (window != null) {
      window.callOff();
    }
    return rest(
        busy(task, Behaviors::same)
            .onMessage(
                Landed.class,
                landing -> landing.task().equals(task) ? then.get() : Behaviors.same())
            .onMessageEquals(Tick.REPEAT, () -> renew(task)),
        this);
  }

  /**
   * In the air, or landed and waiting for confirmations.
   *
   * @param window null for a job whose rows nobody stores
   * @param landed null while still flying
   */
  private Behavior<Object> inFlight(
      Task task, @Nullable ChunkWindow window, @Nullable JobResult landed) {
    if (landed != null && (window == null || window.empty())) {
      failuresInARow = 0;
      surroundings.metrics().jobFlown(landed);
      surroundings.dispatcher().tell(new Dispatching.Done(self(), task.campaign(), landed));
      return idle();
    }
    return rest(
        busy(task, () -> leave(task, window, landed, this::idle))
            .onMessage(ChunkFlown.class, flown -> onChunkFlown(task, window, flown))
            .onMessage(Landed.class, landing -> onLanded(task, window, landing))
            .onMessage(ReplayShard.AppendReply.class, reply -> onReply(task, window, landed, reply))
            .onMessageEquals(Tick.REPEAT, () -> onRepeat(task, window, landed)),
        this);
  }

  /** Leaves a job whether it is in the air or not. */
  private Behavior<Object> leave(
      Task task,
      @Nullable ChunkWindow window,
      @Nullable JobResult landed,
      Supplier<Behavior<Object>> then) {
    return landed == null ? aborting(task, window, then) : then.get();
  }

  private Behavior<Object> onChunkFlown(Task task, @Nullable ChunkWindow window, ChunkFlown flown) {
    if (window == null || !flown.task().equals(task)) {
      return Behaviors.same();
    }
    window.sent(flown.chunk(), now());
    append(flown.chunk(), task);
    return Behaviors.same();
  }

  private void append(ChunkWindow.Pending chunk, Task task) {
    RolloutJob job = task.job();
    int shard = RolloutJob.shardOf(chunk.key().job(), place().shards().size());
    place()
        .shards()
        .get(shard)
        .tell(
            new ReplayShard.Append(
                chunk.key(),
                job.policyVersion(),
                task.campaign().epoch(),
                chunk.rows(),
                context.getSelf().narrow()));
  }

  private Behavior<Object> onLanded(Task task, @Nullable ChunkWindow window, Landed landing) {
    if (!landing.task().equals(task)) {
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
      if (cause instanceof ChunkWindow.ReplaySilentException) {
        return handBack(task, String.valueOf(cause.getMessage()));
      }
      return giveUp(task, String.valueOf(cause));
    }
    return inFlight(task, window, result);
  }

  private Behavior<Object> onReply(
      Task task,
      @Nullable ChunkWindow window,
      @Nullable JobResult landed,
      ReplayShard.AppendReply reply) {
    RolloutJob job = task.job();
    JobKey answered = reply.key().job();
    if (window == null || !(answered.equals(job.key()) || answered.equals(job.rescueKey()))) {
      return Behaviors.same();
    }
    if (reply instanceof ReplayShard.Appended) {
      window.confirmed(reply.key(), now());
      return inFlight(task, window, landed);
    } else if (reply instanceof ReplayShard.Refused refused) {
      JobLine.about(task, context.getLog().atError())
          .log("replay refuses {}: {}", refused.key(), refused.reason());
      String reason = "replay refuses a chunk: " + refused.reason();
      return leave(task, window, landed, () -> giveUp(task, reason));
    } else if (reply instanceof ReplayShard.Outdated outdated) {
      if (outdated.epoch() <= task.campaign().epoch()) {
        return Behaviors.same();
      }
      JobLine.about(task, context.getLog().atWarn())
          .log(
              "job {} is left: a newer attempt of its campaign (epoch {}) holds the replay files",
              job.label(),
              outdated.epoch());
      String reason = "a newer attempt of the campaign holds the replay files";
      return leave(task, window, landed, () -> handBack(task, reason));
    } else if (reply instanceof ReplayShard.Unavailable unavailable) {
      surroundings.metrics().replayUnavailable();
      JobLine.about(task, context.getLog().atDebug()).log("replay waits: {}", unavailable.reason());
    }
    // Busy or unavailable: a later tick sends the chunk again.
    return Behaviors.same();
  }

  private Behavior<Object> onRepeat(
      Task task, @Nullable ChunkWindow window, @Nullable JobResult landed) {
    if (window != null) {
      for (ChunkWindow.Pending chunk : window.overdue(now(), RESEND)) {
        surroundings.metrics().chunkResent();
        append(chunk, task);
      }
      if (window.silent(now())) {
        return leave(
            task, window, landed, () -> handBack(task, ChunkWindow.silence(REPLAY_PATIENCE)));
      }
    }
    return renew(task);
  }

  private long now() {
    return surroundings.nanoTime().getAsLong();
  }

  private Behavior<Object> renew(Task task) {
    surroundings.dispatcher().tell(new Dispatching.Renew(self(), task));
    return Behaviors.same();
  }

  private Behavior<Object> handBack(Task task, String reason) {
    surroundings.metrics().jobReturned();
    surroundings.dispatcher().tell(new Dispatching.HandedBack(self(), task, reason));
    return resting();
  }

  private Behavior<Object> giveUp(Task task, String reason) {
    surroundings.metrics().jobFailed();
    surroundings.dispatcher().tell(new Dispatching.Failed(self(), task, reason));
    return resting();
  }

  /** Pulls no job for a while: one that failed here may succeed elsewhere. */
  private Behavior<Object> resting() {
    if (draining) {
      return Behaviors.stopped();
    }
    timers.startSingleTimer(Tick.RESTED, RESTS.after(++failuresInARow));
    return Behaviors.receive(Object.class)
        .onMessageEquals(Tick.RESTED, this::idle)
        .onMessageEquals(Drain.NOW, Behaviors::stopped)
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStop())
        .build();
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

  private ActorRef<WorkOrder> self() {
    return context.getSelf().narrow();
  }
}
