package org.planloop.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final RepeatedLines lines = new RepeatedLines(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void aLineIsSaidOnceAMinuteAndCounted() {
    assertThat(lines.admit("a")).contains("a");
    assertThat(lines.admit("a")).isEmpty();
    pass(Duration.ofSeconds(59));
    assertThat(lines.admit("a")).isEmpty();
    assertThat(lines.admit("b")).contains("b");
    pass(Duration.ofSeconds(1));
    assertThat(lines.admit("a")).contains("a (and 2 times since it was last said)");
    pass(Duration.ofSeconds(60));
    assertThat(lines.admit("a")).contains("a");
  }

  @Test
  void strangersCannotFillTheLog() {
    int said = 0;
    for (int i = 0; i < 1000; i++) {
      said += lines.admit("line " + i).isPresent() ? 1 : 0;
    }
    assertThat(said).isEqualTo(32);
    pass(Duration.ofMinutes(1));
    assertThat(lines.admit("another")).contains("another");
  }
}
