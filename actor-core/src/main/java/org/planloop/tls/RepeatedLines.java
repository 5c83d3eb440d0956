package org.planloop.tls;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps a line that is said over and over from filling the log: each is let through once a minute,
 * with the number of times it was held back, and no more than 32 different ones a minute. A peer
 * that is refused dials again every second, and strangers may dial as often as they like. Safe for
 * use by several threads.
 */
final class RepeatedLines {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final int MOST = 32;

  private static final class Said {
    private final long at;
    private int heldBack;

    Said(long at) {
      this.at = at;
    }
  }

  private final Map<String, Said> lines = new LinkedHashMap<>(); // in the order they were said
  private final LongSupplier nanoTime;

  RepeatedLines(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The line to log; empty if it is not to be said now. */
  synchronized Optional<String> admit(String line) {
    long now = nanoTime.getAsLong();
    Said before = lines.get(line);
    if (before != null && now - before.at < MINUTE) {
      before.heldBack++;
      return Optional.empty();
    }
    if (before == null && lines.size() >= MOST) {
      lines.values().removeIf(said -> now - said.at >= MINUTE);
      if (lines.size() >= MOST) {
        return Optional.empty();
      }
    }
    lines.remove(line);
    lines.put(line, new Said(now));
    return Optional.of(
        before == null || before.heldBack == 0
            ? line
            : line + " (and " + before.heldBack + " times since it was last said)");
  }
}
