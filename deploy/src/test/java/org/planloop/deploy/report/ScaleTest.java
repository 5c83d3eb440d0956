package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void ticksAreRoundNumbers() {
    assertThat(new Scale(0, 47, 0, 1, false).ticks()).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0);
    assertThat(new Scale(-1, 3, 0, 1, true).ticks()).containsExactly(0.1, 1.0, 10.0, 100.0, 1000.0);
  }

  @Test
  void aShortLogarithmicAxisHasOnesTwosAndFives() {
    Scale scale = new Scale(Math.log10(15_000), Math.log10(140_000), 0, 1, true);
    assertThat(scale.ticks()).containsExactly(20_000.0, 50_000.0, 100_000.0);
  }

  @Test
  void aTinyLogarithmicAxisStillHasTicks() {
    Scale scale = new Scale(Math.log10(50), Math.log10(90), 0, 1, true);
    assertThat(scale.ticks()).containsExactly(50.0, 70.0);
  }

  @Test
  void valuesLieWhereTheyBelong() {
    assertThat(new Scale(0, 2, 100, 200, true).at(10)).isEqualTo(150);
    assertThat(new Scale(0, 4, 100, 200, false).at(1)).isEqualTo(125);
  }
}
