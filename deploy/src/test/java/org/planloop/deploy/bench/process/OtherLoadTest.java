package org.planloop.deploy.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OtherLoadTest {
  private static final Offset<Double> ROUNDING = Offset.offset(1e-9);
  private long now;

  @Test
  void allWorkCountsAndNoWaiting() {
    // user nice system idle iowait irq softirq steal guest guest_nice
    assertThat(OtherLoad.busy("cpu  100 20 30 4000 500 6 7 8 90 1")).isEqualTo(1.71, ROUNDING);
  }

  @Test
  void aProcessIsCountedWithItsChildrenThatEnded() {
    String stat = "42 (a (bad) name) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 30 20 20 0 33 0 99";
    assertThat(OtherLoad.own(stat)).isEqualTo(2.5, ROUNDING);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void itIsNeverNegativeAndNotMoreThanTheMachine() {
    OtherLoad load = OtherLoad.since(() -> now);
    now = 3_600_000_000_000L;

    assertThat(load.cores().orElseThrow()).isBetween(0.0, 0.1);
  }
}
