package org.planloop.rollout;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.planloop.protocol.RolloutJob;

/**
 * Who flies what: jobs that wait, and jobs that are leased to a worker until a deadline.
 * Correctness never rests on knowing whether a worker lives: a lease that is not renewed in time
 * lapses and its job is given out again; flown twice, a job gives the same rows, and replay keeps
 * one copy. Pure: time is an argument.
 *
 * @param <W> how a worker is named
 */
final class LeaseBook<W> {
  private record Lease<W>(W worker, long deadline) {}

  private final long leaseNanos;
  private final int maxFailures;
  private final Deque<RolloutJob> waiting = new ArrayDeque<>();
  private final Map<RolloutJob, Lease<W>> leased = new LinkedHashMap<>();
  private final Map<RolloutJob, Integer> failures = new LinkedHashMap<>();

  /**
   * @param leaseNanos time within which a lease must be renewed
   * @param maxFailures failures after which a job is set aside
   */
  LeaseBook(long leaseNanos, int maxFailures) {
    this.leaseNanos = leaseNanos;
    this.maxFailures = maxFailures;
  }

  /** Adds a job unless it waits or flies already. */
  void submit(RolloutJob job) {
    if (!leased.containsKey(job) && !waiting.contains(job)) {
      waiting.addLast(job);
    }
  }

  /**
   * The next job for a free worker; what the worker held before is given out again, since it asks
   * for more.
   */
  Optional<RolloutJob> lease(W worker, long now) {
    release(worker);
    RolloutJob job = waiting.pollFirst();
    if (job == null) {
      return Optional.empty();
    }
    leased.put(job, new Lease<>(worker, now + leaseNanos));
    return Optional.of(job);
  }

  /** Extends a lease; without effect if the job is no longer the worker's. */
  void renew(W worker, RolloutJob job, long now) {
    if (heldBy(worker, job)) {
      leased.put(job, new Lease<>(worker, now + leaseNanos));
    }
  }

  /** A job is flown, by whomever. Returns whether anybody still waited for it. */
  boolean done(RolloutJob job) {
    failures.remove(job);
    boolean wasWaiting = waiting.remove(job);
    return leased.remove(job) != null || wasWaiting;
  }

  /**
   * A worker could not fly its job. Returns whether the job is set aside for good; otherwise it
   * waits again, behind the others.
   */
  boolean failed(W worker, RolloutJob job) {
    if (!heldBy(worker, job)) {
      return false;
    }
    leased.remove(job);
    if (failures.merge(job, 1, Integer::sum) >= maxFailures) {
      failures.remove(job);
      return true;
    }
    waiting.addLast(job);
    return false;
  }

  /** Takes a lost worker's jobs back; they are next in line. */
  void release(W worker) {
    takeBack(lease -> lease.worker().equals(worker));
  }

  /** Takes jobs back whose leases were not renewed in time; returns them. */
  List<RolloutJob> expire(long now) {
    return takeBack(lease -> lease.deadline() - now < 0);
  }

  private List<RolloutJob> takeBack(java.util.function.Predicate<Lease<W>> lost) {
    List<RolloutJob> back = new ArrayList<>();
    leased.forEach(
        (job, lease) -> {
          if (lost.test(lease)) {
            back.add(job);
          }
        });
    for (int i = back.size() - 1; i >= 0; i--) {
      leased.remove(back.get(i));
      waiting.addFirst(back.get(i));
    }
    return back;
  }

  private boolean heldBy(W worker, RolloutJob job) {
    Lease<W> lease = leased.get(job);
    return lease != null && lease.worker().equals(worker);
  }

  int waiting() {
    return waiting.size();
  }

  int flying() {
    return leased.size();
  }
}
