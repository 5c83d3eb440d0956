package org.planloop.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.pekko.actor.Address;

/**
 * Which members have been out of reach for long enough to be removed. Not a function of time alone:
 * the count begins again whenever the members concerned change.
 *
 * <p>What the trainer and the shards do not hear counts soon. What only workers do not hear counts
 * late: where many start at once on few processors, starved ones would have one another removed,
 * and the core with them. It counts in the end, since in a large cluster a member is watched by a
 * few others, which may all be workers.
 */
final class OutOfReach {
  private static final int WORKERS_PATIENCE = 4;

  private final Count core;
  private final Count workers;

  /**
   * @param patience with what the core does not hear; what workers do not hear has four times that
   */
  OutOfReach(Duration patience) {
    core = new Count(patience);
    workers = new Count(patience.multipliedBy(WORKERS_PATIENCE));
  }

  /**
   * Those to remove.
   *
   * @param observers of each member that somebody does not hear, those who do not
   * @param isCore whether a member is a trainer or a shard
   * @param now in {@link System#nanoTime}'s measure
   */
  Set<Address> due(Map<Address, Set<Address>> observers, Predicate<Address> isCore, long now) {
    Set<Address> byCore = new HashSet<>();
    Set<Address> byWorkersAlone = new HashSet<>();
    observers.forEach(
        (member, by) -> (by.stream().anyMatch(isCore) ? byCore : byWorkersAlone).add(member));
    Set<Address> due = new HashSet<>(core.due(byCore, now));
    due.addAll(workers.due(byWorkersAlone, now));
    return due;
  }

  private static final class Count {
    private final long patience;
    private Set<Address> members = Set.of();
    private long since;

    Count(Duration patience) {
      this.patience = patience.toNanos();
    }

    Set<Address> due(Set<Address> now, long time) {
      if (!now.equals(members)) {
        members = now;
        since = time;
      }
      return time - since > patience ? members : Set.of();
    }
  }
}
