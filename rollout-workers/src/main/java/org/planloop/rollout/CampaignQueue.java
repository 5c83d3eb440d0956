package org.planloop.rollout;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Purpose;
import org.planloop.protocol.Task;

/** The jobs of one campaign that wait, in order, and how long its jobs take. */
final class CampaignQueue {
  /** Fewer durations than this say nothing about what is usual. */
  private static final int ENOUGH = 3;

  private final long epoch;
  private final boolean repeatable;
  private final TreeMap<Long, Task> waiting = new TreeMap<>();
  private final Map<Task, Long> places = new HashMap<>();
  private final long[] durations = new long[64];
  private int flown;
  private long last;
  private long first;
  private int oldestVersion;

  /** Jobs in the air. */
  int flying;

  /** When a job of the campaign was last given out, as a running number. */
  long served;

  CampaignQueue(long epoch, boolean repeatable) {
    this.epoch = epoch;
    this.repeatable = repeatable;
  }

  long epoch() {
    return epoch;
  }

  /** Whether a job that is flown again gives the same transitions. */
  boolean repeatable() {
    return repeatable;
  }

  int waiting() {
    return waiting.size();
  }

  /** Takes learner's jobs under older policies for too old, and out of the queue. */
  List<Task> retire(int oldest) {
    oldestVersion = Math.max(oldestVersion, oldest);
    List<Task> tooOld = waiting.values().stream().filter(this::tooOld).toList();
    tooOld.forEach(this::remove);
    return tooOld;
  }

  /** Whether a job's policy is too old for it to be handed out. */
  boolean tooOld(Task task) {
    return task.job().purpose() == Purpose.COLLECT && task.job().policyVersion() < oldestVersion;
  }

  /** Adds a job behind the others, unless it waits already. */
  void addLast(Task task) {
    if (!places.containsKey(task)) {
      put(++last, task);
    }
  }

  /** Adds a job before the others, unless it waits already. */
  void addFirst(Task task) {
    if (!places.containsKey(task)) {
      put(--first, task);
    }
  }

  private void put(long place, Task task) {
    waiting.put(place, task);
    places.put(task, place);
  }

  @Nullable Task poll() {
    Map.Entry<Long, Task> next = waiting.pollFirstEntry();
    if (next == null) {
      return null;
    }
    places.remove(next.getValue());
    return next.getValue();
  }

  boolean remove(Task task) {
    Long place = places.remove(task);
    return place != null && waiting.remove(place) != null;
  }

  /** Notes how long a job took. */
  void flown(long nanos) {
    durations[flown++ % durations.length] = nanos;
  }

  /**
   * The median of the newest durations; 0 while there are too few, or if it is nobody's business.
   */
  long usualNanos() {
    if (flown < ENOUGH || !repeatable) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(durations, Math.min(flown, durations.length));
    Arrays.sort(sorted);
    return Math.max(1, sorted[sorted.length / 2]);
  }
}
