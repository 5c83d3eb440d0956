package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GramSumsTest {
  private static GramSums sums(double... zzy) {
    GramSums sums = new GramSums(2, 1);
    for (int row = 0; row < zzy.length; row += 3) {
      sums.add(new double[] {zzy[row], zzy[row + 1]}, new double[] {zzy[row + 2]});
    }
    return sums;
  }

  @Test
  void sumsOuterProducts() {
    GramSums sums = sums(1, 2, 5, 3, -1, 2);
    assertThat(sums.gram()).containsExactly(10, -1, -1, 5);
    assertThat(sums.cross()).containsExactly(11, 8);
    assertThat(sums.rows()).isEqualTo(2);
  }

  @Test
  void sumsOfPartsAddUpToTheSumsOfTheWhole() {
    GramSums parts = sums(1, 2, 5);
    parts.add(sums(3, -1, 2), 1);
    GramSums whole = sums(1, 2, 5, 3, -1, 2);
    assertThat(parts.gram()).isEqualTo(whole.gram());
    assertThat(parts.cross()).isEqualTo(whole.cross());
    assertThat(parts.rows()).isEqualTo(whole.rows());
  }

  @Test
  void aMixtureGivesEachSideItsShareOfAllRows() {
    // Three rows of (1, 0) -> 1 and one of (0, 1) -> 1: a quarter of four rows is one row.
    GramSums learner = sums(1, 0, 1, 1, 0, 1, 1, 0, 1);
    GramSums expert = sums(0, 1, 1);
    GramSums quarter = GramSums.mixture(expert, learner, 0.25);
    assertThat(quarter.gram()).containsExactly(3, 0, 0, 1);
    GramSums half = GramSums.mixture(expert, learner, 0.5);
    assertThat(half.gram()).containsExactly(2, 0, 0, 2);
    assertThat(half.cross()).containsExactly(2, 2);
    assertThat(half.rows()).isEqualTo(4);
  }

  @Test
  void aMixtureOfOneSideIsThatSide() {
    GramSums empty = new GramSums(2, 1);
    GramSums learner = sums(1, 2, 5, 3, -1, 2);
    GramSums alone = GramSums.mixture(empty, learner, 0);
    assertThat(alone.gram()).isEqualTo(learner.gram());
    assertThat(alone.rows()).isEqualTo(2);
    assertThat(GramSums.mixture(learner, sums(9, 9, 9), 1).gram()).isEqualTo(learner.gram());
  }

  @Test
  void sumsOfOtherWidthsAreRefused() {
    assertThatThrownBy(() -> new GramSums(2, 2).add(new GramSums(2, 1), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 inputs and 1 outputs");
  }
}
