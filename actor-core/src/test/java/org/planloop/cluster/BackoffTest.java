package org.planloop.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test
  void waitsDoubleUpToTheLongest() {
    Backoff rests = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30));

    assertThat(
            List.of(
                rests.after(1).toMillis(),
                rests.after(2).toMillis(),
                rests.after(7).toMillis(),
                rests.after(8).toMillis(),
                rests.after(Integer.MAX_VALUE).toMillis()))
        .containsExactly(250L, 500L, 16_000L, 30_000L, 30_000L);
  }
}
