package org.planloop.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RandomIndexTest {
  @Test
  void anIndexIsDrawnAsOftenAsItsProbabilitySays() {
    double[] probabilities = {9, 0.2, 0, 0.5, 0.3, 9};
    RandomStream random = new RandomStream(5);
    int[] counts = new int[4];
    for (int i = 0; i < 100_000; i++) {
      counts[random.nextIndex(probabilities, 1, 4)]++;
    }
    // Four standard deviations of a count at probability 0.5 are 632.
    assertThat(counts[0]).isBetween(19_368, 20_632);
    assertThat(counts[1]).isZero();
    assertThat(counts[2]).isBetween(49_368, 50_632);
    assertThat(counts[3]).isBetween(29_368, 30_632);
  }

  @Test
  void whatRoundingLeavesIsTheLastPossibleIndexs() {
    double[] tooLittle = {0, 1e-300, 0};
    assertThat(new RandomStream(1).nextIndex(tooLittle, 0, 3)).isEqualTo(1);
  }
}
