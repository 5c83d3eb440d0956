package org.planloop.rollout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.RolloutJob;
import org.planloop.protocol.Task;
import org.planloop.protocol.WorkOrder;

/**
 * Hands the jobs of all campaigns to workers that pull, and takes them back from workers that are
 * lost.
 */
public final class Dispatcher extends AbstractBehavior<Object> {
  /**
   * A lease lapses if it is not renewed for this long; workers renew five times as often. Short, so
   * that a dead worker's job is in other hands within three seconds; a worker that was only slow to
   * say so costs a job flown twice and nothing else.
   */
  static final Duration LEASE = Duration.ofMillis(2500);

  private static final Duration TICK = Duration.ofMillis(250);
  private static final int MAX_FAILURES = 3;

  /** Who flies what? Never leaves the node. */
  public record Look(ActorRef<Seen> replyTo) implements NoSerializationVerificationNeeded {}

  /**
   * The answer to {@link Look}.
   *
   * @param waiting jobs that wait, by campaign
   */
  public record Seen(List<WorkerActivity> workers, Map<String, Integer> waiting)
      implements NoSerializationVerificationNeeded {}

  private record WorkerGone(ActorRef<WorkOrder> worker)
      implements NoSerializationVerificationNeeded {}

  private enum Tick implements NoSerializationVerificationNeeded {
    EXPIRE
  }

  /** The newest pull of a worker, and what it was answered. */
  private record Pulled(long number, Optional<Task> answer) {}

  private final LeaseBook<ActorRef<WorkOrder>> book =
      new LeaseBook<>(LEASE.toNanos(), MAX_FAILURES);
  private final Map<Task, ActorRef<JobOutcome>> owners = new HashMap<>();
  private final Map<ActorRef<WorkOrder>, Pulled> idle = new LinkedHashMap<>();
  private final Map<ActorRef<WorkOrder>, Pulled> answered = new HashMap<>();
  private final Map<ActorRef<WorkOrder>, WorkerTally> tallies = new LinkedHashMap<>();
  private final Set<ActorRef<WorkOrder>> watched = new HashSet<>();
  private final LongSupplier nanoTime;
  private final RolloutMetrics metrics;
  private long lastTick;

  /**
   * @param nanoTime a monotonic clock
   */
  public static Behavior<Dispatching> create(LongSupplier nanoTime, RolloutMetrics metrics) {
    return open(nanoTime, metrics).narrow();
  }

  /** The same, for who wants to {@link Look}. */
  public static Behavior<Object> open(LongSupplier nanoTime, RolloutMetrics metrics) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.EXPIRE, TICK);
                  return new Dispatcher(context, nanoTime, metrics);
                }));
  }

  private Dispatcher(ActorContext<Object> context, LongSupplier nanoTime, RolloutMetrics metrics) {
    super(context);
    context.setLoggerName(Dispatcher.class);
    this.nanoTime = nanoTime;
    this.metrics = metrics;
    this.lastTick = nanoTime.getAsLong();
    metrics.bindQueue(book::waiting, book::flying);
  }

  @Override
  public Receive<Object> createReceive() {
    return newReceiveBuilder()
        .onMessage(Dispatching.Submit.class, this::onSubmit)
        .onMessage(Dispatching.Retire.class, this::onRetire)
        .onMessage(Dispatching.Withdraw.class, this::onWithdraw)
        .onMessage(Dispatching.Pull.class, this::onPull)
        .onMessage(Dispatching.Renew.class, this::onRenew)
        .onMessage(Dispatching.Done.class, this::onDone)
        .onMessage(Dispatching.Failed.class, this::onFailed)
        .onMessage(Dispatching.HandedBack.class, this::onHandedBack)
        .onMessage(Look.class, this::onLook)
        .onMessage(WorkerGone.class, this::onWorkerGone)
        .onMessageEquals(Tick.EXPIRE, this::onExpire)
        .build();
  }

  private Behavior<Object> onSubmit(Dispatching.Submit submit) {
    CampaignEpoch campaign = submit.campaign();
    owners.keySet().removeIf(task -> isOlder(task.campaign(), campaign));
    for (RolloutJob job : submit.jobs()) {
      Task task = new Task(campaign, job);
      owners.put(task, submit.replyTo());
      book.submit(task, submit.repeatable());
    }
    return handOut();
  }

  private static boolean isOlder(CampaignEpoch one, CampaignEpoch other) {
    return one.campaign().equals(other.campaign()) && one.epoch() < other.epoch();
  }

  private Behavior<Object> onRetire(Dispatching.Retire retire) {
    book.retire(retire.campaign(), retire.oldestVersion());
    return handOut();
  }

  private Behavior<Object> onWithdraw(Dispatching.Withdraw withdraw) {
    owners.keySet().removeIf(task -> task.campaign().campaign().equals(withdraw.campaign()));
    // Its workers are told when they next renew.
    book.withdraw(withdraw.campaign());
    return this;
  }

  private Behavior<Object> onPull(Dispatching.Pull pull) {
    ActorRef<WorkOrder> worker = pull.worker();
    tally(worker);
    Pulled last = answered.get(worker);
    if (last != null && last.number() == pull.number()) {
      // Its answer is on its way, or lost: the same again.
      last.answer().ifPresent(task -> worker.tell(new WorkOrder.Assignment(pull.number(), task)));
      return this;
    }
    book.release(worker);
    if (watched.add(worker)) {
      getContext().watchWith(worker, new WorkerGone(worker));
    }
    idle.put(worker, new Pulled(pull.number(), Optional.empty()));
    return handOut();
  }

  private Behavior<Object> onRenew(Dispatching.Renew renew) {
    tally(renew.worker());
    if (!book.renew(renew.worker(), renew.task(), nanoTime.getAsLong())) {
      renew.worker().tell(new WorkOrder.Revoked(renew.task()));
    }
    return this;
  }

  private Behavior<Object> onDone(Dispatching.Done done) {
    Task task = new Task(done.campaign(), done.result().job()).submitted();
    LeaseBook.Ended<ActorRef<WorkOrder>> ended =
        book.done(done.worker(), task, nanoTime.getAsLong());
    if (ended.awaited()) {
      metrics.jobFlown(done.result());
      JobLine.about(task, getContext().getLog().atDebug())
          .log("a job is flown by {}", done.worker().path());
      tally(done.worker()).flown(done.result().steps(), nanoTime.getAsLong());
      answer(task, new JobOutcome.Finished(done.result().submitted()));
      ended.others().forEach(other -> other.tell(new WorkOrder.Revoked(task)));
    }
    return this;
  }

  private Behavior<Object> onFailed(Dispatching.Failed failed) {
    metrics.jobFailed();
    JobLine.about(failed.task(), getContext().getLog().atWarn())
        .log(
            "job {} failed on {}: {}",
            failed.task().job().label(),
            failed.worker().path().name(),
            failed.reason());
    if (book.failed(failed.worker(), failed.task())) {
      Task task = failed.task().submitted();
      answer(task, new JobOutcome.Abandoned(task.job(), failed.reason()));
    }
    return handOut();
  }

  private Behavior<Object> onHandedBack(Dispatching.HandedBack back) {
    JobLine.about(back.task(), getContext().getLog().atInfo())
        .log(
            "job {} is handed back by {}: {}",
            back.task().job().label(),
            back.worker().path().name(),
            back.reason());
    book.handBack(back.worker(), back.task());
    return handOut();
  }

  private Behavior<Object> onWorkerGone(WorkerGone gone) {
    watched.remove(gone.worker());
    idle.remove(gone.worker());
    answered.remove(gone.worker());
    tallies.remove(gone.worker());
    book.release(gone.worker());
    return handOut();
  }

  private Behavior<Object> onExpire() {
    long now = nanoTime.getAsLong();
    long late = now - lastTick - 2 * TICK.toNanos();
    lastTick = now;
    if (late > 0) {
      // This process stood still, and with it the renewals in its mailbox.
      book.stretch(late);
    }
    for (Task task : book.expire(now)) {
      JobLine.about(task, getContext().getLog().atWarn())
          .log("job {} is given out again: its lease was not renewed", task.job().label());
    }
    return handOut();
  }

  private void answer(Task task, JobOutcome outcome) {
    ActorRef<JobOutcome> owner = owners.remove(task);
    if (owner != null) {
      owner.tell(outcome);
    }
  }

  private Behavior<Object> handOut() {
    long now = nanoTime.getAsLong();
    book.retired().forEach(task -> answer(task, new JobOutcome.Retired(task.job())));
    Iterator<Map.Entry<ActorRef<WorkOrder>, Pulled>> workers = idle.entrySet().iterator();
    while (workers.hasNext()) {
      Map.Entry<ActorRef<WorkOrder>, Pulled> next = workers.next();
      ActorRef<WorkOrder> worker = next.getKey();
      Optional<Task> task = book.lease(worker, now);
      if (task.isEmpty()) {
        return this;
      }
      workers.remove();
      answered.put(worker, new Pulled(next.getValue().number(), task));
      worker.tell(new WorkOrder.Assignment(next.getValue().number(), task.get()));
    }
    return this;
  }

  private WorkerTally tally(ActorRef<WorkOrder> worker) {
    WorkerTally tally = tallies.computeIfAbsent(worker, unused -> new WorkerTally());
    tally.seen(nanoTime.getAsLong());
    return tally;
  }

  private Behavior<Object> onLook(Look look) {
    long now = nanoTime.getAsLong();
    Map<ActorRef<WorkOrder>, LeaseBook.InFlight<ActorRef<WorkOrder>>> flights = new HashMap<>();
    Map<String, Integer> waiting = new LinkedHashMap<>();
    for (LeaseBook.InFlight<ActorRef<WorkOrder>> flight : book.flights()) {
      flight.workers().forEach(worker -> flights.put(worker, flight));
    }
    owners.keySet().stream()
        .map(task -> task.campaign().campaign())
        .distinct()
        .forEach(campaign -> waiting.put(campaign, book.waiting(campaign)));
    List<WorkerActivity> workers = new ArrayList<>();
    tallies.forEach(
        (worker, tally) -> {
          LeaseBook.InFlight<ActorRef<WorkOrder>> flight = flights.get(worker);
          workers.add(
              tally.activity(
                  worker,
                  flight == null ? Optional.empty() : Optional.of(flight.task()),
                  flight == null ? 0 : (now - flight.since()) * 1e-9,
                  now));
        });
    look.replyTo().tell(new Seen(workers, waiting));
    return this;
  }
}
