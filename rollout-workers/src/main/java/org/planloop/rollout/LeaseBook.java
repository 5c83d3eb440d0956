package org.planloop.rollout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Task;

/**
 * Who flies what: jobs that wait, by campaign, and jobs that are leased to workers until a
 * deadline. Correctness never rests on knowing whether a worker lives: a lease that is not renewed
 * in time lapses and its job is given out again; flown twice, a job gives the same rows, and replay
 * keeps one copy. Pure: time is an argument.
 *
 * <p>What cannot be flown twice is handed out under the number of an attempt, another one every
 * time, so that rows of two flights never share a key; the book itself knows a job as it was
 * submitted.
 *
 * <p>A free worker gets a job of the campaign that fewest workers fly for, so campaigns share the
 * workers evenly whatever the length of their queues. Where nothing waits, it repeats a job that
 * takes {@link #SLOW} times as long as the campaign's jobs usually do: whoever is done first
 * counts.
 *
 * @param <W> how a worker is named
 */
final class LeaseBook<W> {
  /** How many times the usual duration makes a job slow. */
  private static final double SLOW = 2;

  private record Lease<W>(W worker, long deadline) {}

  /** A job in the air: once as a rule, twice where it is slow. */
  private static final class Flight<W> {
    final long since;
    final List<Lease<W>> leases = new ArrayList<>(2);

    Flight(long since) {
      this.since = since;
    }

    boolean heldBy(W worker) {
      return leases.stream().anyMatch(lease -> lease.worker().equals(worker));
    }

    List<W> workersBut(@Nullable W worker) {
      return leases.stream().map(Lease::worker).filter(other -> !other.equals(worker)).toList();
    }
  }

  /**
   * A job that nobody waits for any more.
   *
   * @param awaited whether anybody did
   * @param others who still flies it
   */
  record Ended<W>(boolean awaited, List<W> others) {}

  /**
   * A job in the air, for whoever looks.
   *
   * @param since when it was first given out
   */
  record InFlight<W>(Task task, long since, List<W> workers) {}

  private final long leaseNanos;
  private final int maxFailures;
  private final Map<String, CampaignQueue> queues = new LinkedHashMap<>();
  private final Map<Task, Flight<W>> flights = new LinkedHashMap<>();
  private final Map<W, Task> held = new HashMap<>();
  private final Map<Task, Integer> failures = new HashMap<>();
  private final Map<Task, Integer> attempts = new HashMap<>();
  private final List<Task> retired = new ArrayList<>();
  private long turn;

  /**
   * @param leaseNanos time within which a lease must be renewed
   * @param maxFailures failures after which a job is set aside
   */
  LeaseBook(long leaseNanos, int maxFailures) {
    this.leaseNanos = leaseNanos;
    this.maxFailures = maxFailures;
  }

  /**
   * Adds a job unless it waits or flies already. The first job of a newer epoch drives out those of
   * the older one; a job of an older epoch is left out.
   *
   * @param repeatable whether a slow job may be flown twice at a time
   * @return who flies jobs that were driven out
   */
  List<W> submit(Task task, boolean repeatable) {
    CampaignEpoch campaign = task.campaign();
    CampaignQueue queue = queues.get(campaign.campaign());
    List<W> idle = List.of();
    if (queue != null && queue.epoch() > campaign.epoch()) {
      return idle;
    }
    if (queue == null || queue.epoch() < campaign.epoch()) {
      idle = withdraw(campaign.campaign());
      queue = new CampaignQueue(campaign.epoch(), repeatable);
      queues.put(campaign.campaign(), queue);
    }
    if (!flights.containsKey(task)) {
      wait(queue, task, queue::addLast);
    }
    return idle;
  }

  /**
   * The learner's jobs under policies older than {@code oldestVersion} are not handed out any more;
   * no effect on an epoch that is not the campaign's. See {@link #retired}.
   */
  void retire(CampaignEpoch campaign, int oldestVersion) {
    CampaignQueue queue = queues.get(campaign.campaign());
    if (queue != null && queue.epoch() == campaign.epoch()) {
      List<Task> tooOld = queue.retire(oldestVersion);
      tooOld.forEach(this::forget);
      retired.addAll(tooOld);
    }
  }

  /** The jobs that were taken out as too old since the last call: nobody will fly them. */
  List<Task> retired() {
    List<Task> since = List.copyOf(retired);
    retired.clear();
    return since;
  }

  /** Lets a job wait, unless its policy is too old by now. */
  private void wait(CampaignQueue queue, Task task, Consumer<Task> place) {
    if (queue.tooOld(task)) {
      forget(task);
      retired.add(task);
    } else {
      place.accept(task);
    }
  }

  private void forget(Task task) {
    failures.remove(task);
    attempts.remove(task);
  }

  private void waitFirst(Task task) {
    CampaignQueue queue = queue(task);
    wait(queue, task, queue::addFirst);
  }

  /**
   * Forgets a campaign.
   *
   * @return who flies its jobs
   */
  List<W> withdraw(String campaign) {
    queues.remove(campaign);
    Predicate<Task> gone = task -> task.campaign().campaign().equals(campaign);
    List<W> workers = new ArrayList<>();
    held.forEach(
        (worker, task) -> {
          if (gone.test(task)) {
            workers.add(worker);
          }
        });
    workers.forEach(held::remove);
    flights.keySet().removeIf(gone);
    failures.keySet().removeIf(gone);
    attempts.keySet().removeIf(gone);
    retired.removeIf(gone);
    return workers;
  }

  /**
   * The next job for a free worker; what the worker held before is given out again, since it asks
   * for more.
   */
  Optional<Task> lease(W worker, long now) {
    release(worker);
    CampaignQueue queue = leastServed();
    Task task = queue == null ? slow(worker, now) : queue.poll();
    if (task == null) {
      return Optional.empty();
    }
    Flight<W> flight = flights.get(task);
    if (flight == null) {
      flight = new Flight<>(now);
      flights.put(task, flight);
      queue(task).flying++;
    }
    flight.leases.add(new Lease<>(worker, now + leaseNanos));
    held.put(worker, task);
    queue(task).served = ++turn;
    return Optional.of(queue(task).repeatable() ? task : attempt(task));
  }

  private Task attempt(Task task) {
    int number = attempts.merge(task, 1, Integer::sum) - 1;
    return new Task(task.campaign(), task.job().attempt(task.campaign().epoch(), number));
  }

  private @Nullable CampaignQueue leastServed() {
    CampaignQueue best = null;
    for (CampaignQueue queue : queues.values()) {
      if (queue.waiting() > 0
          && (best == null
              || queue.flying < best.flying
              || (queue.flying == best.flying && queue.served < best.served))) {
        best = queue;
      }
    }
    return best;
  }

  /**
   * The job that has been in the air longest, if that is unusually long and one worker flies it.
   */
  private @Nullable Task slow(W worker, long now) {
    for (Map.Entry<Task, Flight<W>> entry : flights.entrySet()) {
      Flight<W> flight = entry.getValue();
      long usual = queue(entry.getKey()).usualNanos();
      if (usual > 0
          && !queue(entry.getKey()).tooOld(entry.getKey())
          && flight.leases.size() == 1
          && !flight.heldBy(worker)
          && now - flight.since > SLOW * usual) {
        return entry.getKey();
      }
    }
    return null;
  }

  /** Extends a lease. Returns whether the job is the worker's. */
  boolean renew(W worker, Task task, long now) {
    Flight<W> flight = flights.get(task.submitted());
    if (flight == null || !flight.heldBy(worker)) {
      return false;
    }
    flight.leases.replaceAll(
        lease -> lease.worker().equals(worker) ? new Lease<>(worker, now + leaseNanos) : lease);
    return true;
  }

  /** A job is flown, by whomever. */
  Ended<W> done(W worker, Task flown, long now) {
    Task task = flown.submitted();
    Flight<W> flight = flights.get(task);
    if (flight != null) {
      queue(task).flown(now - flight.since);
    }
    return end(worker, task);
  }

  private Ended<W> end(@Nullable W worker, Task task) {
    forget(task);
    CampaignQueue queue = queues.get(task.campaign().campaign());
    boolean waited = queue != null && queue.remove(task);
    Flight<W> flight = flights.remove(task);
    if (flight == null) {
      return new Ended<>(waited, List.of());
    }
    queue(task).flying--;
    flight.leases.forEach(lease -> held.remove(lease.worker(), task));
    return new Ended<>(true, flight.workersBut(worker));
  }

  /**
   * A worker could not fly its job. Returns whether the job is set aside for good; otherwise it
   * waits again, behind the others, or another worker is still at it.
   */
  boolean failed(W worker, Task flown) {
    Task task = flown.submitted();
    if (!land(worker, task)) {
      return false;
    }
    if (failures.merge(task, 1, Integer::sum) >= maxFailures) {
      end(worker, task);
      return true;
    }
    if (!flights.containsKey(task)) {
      CampaignQueue queue = queue(task);
      wait(queue, task, queue::addLast);
    }
    return false;
  }

  /** A worker gives its job back; without effect if the job is not the worker's. */
  void handBack(W worker, Task task) {
    if (task.submitted().equals(held.get(worker))) {
      release(worker);
    }
  }

  /** Takes a lost worker's job back; it is next in line. */
  void release(W worker) {
    Task task = held.get(worker);
    if (task != null && land(worker, task) && !flights.containsKey(task)) {
      waitFirst(task);
    }
  }

  /** Takes jobs back whose leases were not renewed in time; returns them. */
  List<Task> expire(long now) {
    List<Task> back = new ArrayList<>();
    for (Map.Entry<Task, Flight<W>> entry : List.copyOf(flights.entrySet())) {
      for (Lease<W> lease : List.copyOf(entry.getValue().leases)) {
        if (lease.deadline() - now < 0) {
          back.add(entry.getKey());
          land(lease.worker(), entry.getKey());
        }
      }
    }
    for (int i = back.size() - 1; i >= 0; i--) {
      if (!flights.containsKey(back.get(i))) {
        waitFirst(back.get(i));
      }
    }
    return back;
  }

  /** Extends all leases: it was the book that nobody could reach. */
  void stretch(long nanos) {
    for (Flight<W> flight : flights.values()) {
      flight.leases.replaceAll(lease -> new Lease<>(lease.worker(), lease.deadline() + nanos));
    }
  }

  /** Ends a worker's lease; the flight with it where nobody else is at it. */
  private boolean land(W worker, Task task) {
    Flight<W> flight = flights.get(task);
    if (flight == null || !flight.leases.removeIf(lease -> lease.worker().equals(worker))) {
      return false;
    }
    held.remove(worker, task);
    if (flight.leases.isEmpty()) {
      flights.remove(task);
      queue(task).flying--;
    }
    return true;
  }

  private CampaignQueue queue(Task task) {
    CampaignQueue queue = queues.get(task.campaign().campaign());
    if (queue == null) {
      throw new IllegalStateException("no campaign " + task.campaign().campaign());
    }
    return queue;
  }

  int waiting() {
    return queues.values().stream().mapToInt(CampaignQueue::waiting).sum();
  }

  int waiting(String campaign) {
    CampaignQueue queue = queues.get(campaign);
    return queue == null ? 0 : queue.waiting();
  }

  int flying() {
    return flights.size();
  }

  /** The jobs in the air, longest first. */
  List<InFlight<W>> flights() {
    List<InFlight<W>> all = new ArrayList<>();
    flights.forEach(
        (task, flight) -> all.add(new InFlight<>(task, flight.since, flight.workersBut(null))));
    return all;
  }
}
