package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against a clock that moves only when work is done. */
class StopwatchTest {
  private long now;
  private int calls;

  private void work() {
    now += 3_000_000;
    calls++;
  }

  @Test
  void fillsSamplesWithAsManyCallsAsTheClockNeeds() {
    double[] seconds = new Stopwatch(() -> now, 0.01, 5).time(this::work);

    assertThat(seconds).hasSize(5);
    for (double sample : seconds) {
      assertThat(sample).isEqualTo(0.003, Offset.offset(1e-12));
    }
    // Four calls of 3 ms warm up for 10 ms; seven fill a sample of 20 ms.
    assertThat(calls).isEqualTo(4 + 5 * 7);
  }

  @Test
  void timesEveryCallForPercentiles() {
    assertThat(new Stopwatch(() -> now, 0, 2).each(this::work, 3))
        .hasSize(6)
        .containsOnly(new double[] {0.003}, Offset.offset(1e-12));
  }
}
