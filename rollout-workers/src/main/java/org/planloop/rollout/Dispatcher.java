package org.planloop.rollout;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.planloop.protocol.Assignment;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.RolloutJob;

/** Hands jobs to workers that pull, and takes them back from workers that are lost. */
public final class Dispatcher extends AbstractBehavior<Object> {
  /** A lease lapses if it is not renewed for this long; workers renew three times as often. */
  static final Duration LEASE = Duration.ofSeconds(15);

  private static final int MAX_FAILURES = 3;

  private record WorkerGone(ActorRef<Assignment> worker)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    EXPIRE
  }

  private final LeaseBook<ActorRef<Assignment>> book =
      new LeaseBook<>(LEASE.toNanos(), MAX_FAILURES);
  private final Map<RolloutJob, ActorRef<JobOutcome>> owners = new HashMap<>();
  private final Set<ActorRef<Assignment>> idle = new LinkedHashSet<>();
  private final Set<ActorRef<Assignment>> watched = new HashSet<>();
  private final LongSupplier nanoTime;
  private final RolloutMetrics metrics;

  /**
   * @param nanoTime a monotonic clock
   */
  public static Behavior<Dispatching> create(LongSupplier nanoTime, RolloutMetrics metrics) {
    return Behaviors.<Object>setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      timers.startTimerWithFixedDelay(Tick.EXPIRE, LEASE.dividedBy(3));
                      return new Dispatcher(context, nanoTime, metrics);
                    }))
        .narrow();
  }

  private Dispatcher(ActorContext<Object> context, LongSupplier nanoTime, RolloutMetrics metrics) {
    super(context);
    this.nanoTime = nanoTime;
    this.metrics = metrics;
    metrics.bindQueue(book::waiting, book::flying);
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Dispatching.Submit.class, this::onSubmit)
        .onMessage(Dispatching.Pull.class, this::onPull)
        .onMessage(Dispatching.Renew.class, this::onRenew)
        .onMessage(Dispatching.Done.class, this::onDone)
        .onMessage(Dispatching.Failed.class, this::onFailed)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessageEquals(Tick.EXPIRE, this::onExpire)
        .build();
  }

  private Behavior<Object> onSubmit(Dispatching.Submit submit) {
    for (RolloutJob job : submit.jobs()) {
      owners.put(job, submit.replyTo());
      book.submit(job);
    }
    return handOut();
  }

  private Behavior<Object> onPull(Dispatching.Pull pull) {
    book.release(pull.worker());
    if (watched.add(pull.worker())) {
      getContext().watchWith(pull.worker(), new WorkerGone(pull.worker()));
    }
    idle.add(pull.worker());
    return handOut();
  }

  private Behavior<Object> onRenew(Dispatching.Renew renew) {
    book.renew(renew.worker(), renew.job(), nanoTime.getAsLong());
    return this;
  }

  private Behavior<Object> onDone(Dispatching.Done done) {
    if (book.done(done.result().job())) {
      metrics.jobFlown(done.result());
      answer(done.result().job(), new JobOutcome.Finished(done.result()));
    }
    return this;
  }

  private Behavior<Object> onFailed(Dispatching.Failed failed) {
    metrics.jobFailed();
    getContext()
        .getLog()
        .warn(
            "job {} failed on {}: {}",
            failed.job().label(),
            failed.worker().path().name(),
            failed.reason());
    if (book.failed(failed.worker(), failed.job())) {
      answer(failed.job(), new JobOutcome.Abandoned(failed.job(), failed.reason()));
    }
    return handOut();
  }

  private Behavior<Object> onWorkerGone(WorkerGone gone) {
    watched.remove(gone.worker());
    idle.remove(gone.worker());
    book.release(gone.worker());
    return handOut();
  }

  private Behavior<Object> onExpire() {
    for (RolloutJob job : book.expire(nanoTime.getAsLong())) {
      getContext()
          .getLog()
          .warn("job {} is given out again: its lease was not renewed", job.label());
    }
    return handOut();
  }

  private void answer(RolloutJob job, JobOutcome outcome) {
    ActorRef<JobOutcome> owner = owners.remove(job);
    if (owner != null) {
      owner.tell(outcome);
    }
  }

  private Behavior<Object> handOut() {
    Iterator<ActorRef<Assignment>> workers = idle.iterator();
    while (workers.hasNext() && book.waiting() > 0) {
      ActorRef<Assignment> worker = workers.next();
      Optional<RolloutJob> job = book.lease(worker, nanoTime.getAsLong());
      if (job.isPresent()) {
        workers.remove();
        worker.tell(new Assignment(job.get()));
      }
    }
    return this;
  }
}
