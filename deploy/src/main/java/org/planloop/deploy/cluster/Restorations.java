package org.planloop.deploy.cluster;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The restorations of a trainer, one for each checkpoint and number of shards that is asked for:
 * whoever wants one asks again and again, and nothing is begun twice.
 */
final class Restorations {
  /** Under way or waiting for their turn. */
  static final int MOST_AT_ONCE = 32;

  /** Whose ends are remembered for those who still ask. */
  static final int ENDS_KEPT = 200;

  private final Map<String, Supplier<String>> running = new HashMap<>();
  private final Map<String, Campaigning.SubmitReply> ends =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Campaigning.SubmitReply> eldest) {
          return size() > ENDS_KEPT;
        }
      };

  /**
   * How it stands with what is asked for; begins it where it is new.
   *
   * @param key says what is asked for
   * @param begin begins it, its end to be told by {@link #ended}; returns what says where it is
   */
  Campaigning.SubmitReply answer(String key, Supplier<Supplier<String>> begin) {
    Campaigning.SubmitReply end = ends.get(key);
    if (end != null) {
      if (end instanceof Campaigning.Refused) {
        ends.remove(key); // Asked for again, it is tried again.
      }
      return end;
    }
    Supplier<String> doing = running.get(key);
    if (doing == null) {
      if (running.size() >= MOST_AT_ONCE) {
        return new Campaigning.Refused(
            running.size() + " restorations are under way already; try again when one is done");
      }
      doing = begin.get();
      running.put(key, doing);
    }
    return new Campaigning.Restoring(doing.get());
  }

  /** It is over: this is the answer from now on. */
  void ended(String key, Campaigning.SubmitReply end) {
    running.remove(key);
    ends.put(key, end);
  }
}
