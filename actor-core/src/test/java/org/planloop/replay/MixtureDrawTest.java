package org.planloop.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.RandomStream;

class MixtureDrawTest {
  @Test
  void oddBatchesAlternate() {
    MixtureDraw draw = new MixtureDraw(10, 10, 0.5, 5);
    int[] counts = new int[6];
    Arrays.setAll(counts, i -> draw.nextExpertCount());
    assertThat(counts).containsExactly(2, 3, 2, 3, 2, 3);
  }

  @Test
  void evenBatchesAreHalfAndHalf() {
    MixtureDraw draw = new MixtureDraw(10, 10, 0.5, 256);
    for (int i = 0; i < 100; i++) {
      assertThat(draw.nextExpertCount()).isEqualTo(128);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 10",
    "0.1, 7",
    "0.3333333333333333, 32",
    "0.999, 1",
    "0.7, 13",
    "1e-9, 65536",
    "0.29, 100"
  })
  void totalIsTheFloorOfTheExactShare(String fraction, int batch) {
    MixtureDraw draw = new MixtureDraw(1, 1, Double.parseDouble(fraction), batch);
    long total = 0;
    for (int k = 1; k <= 5000; k++) {
      total += draw.nextExpertCount();
      long exact =
          new BigDecimal(fraction).multiply(BigDecimal.valueOf((long) batch * k)).longValue();
      assertThat(total).isEqualTo(exact);
    }
  }

  @Test
  void batchHoldsRowsOfBothSidesInTheirRanges() {
    MixtureDraw draw = new MixtureDraw(3, 1000, 0.5, 7);
    RandomStream random = new RandomStream(1);
    int[] rows = new int[9];
    Arrays.fill(rows, -1);
    int expert = draw.nextBatch(random, rows, 1);
    assertThat(expert).isEqualTo(3);
    assertThat(rows[0]).isEqualTo(-1);
    assertThat(rows[8]).isEqualTo(-1);
    assertThat(Arrays.stream(rows, 1, 4)).allMatch(row -> row >= 0 && row < 3);
    assertThat(Arrays.stream(rows, 4, 8)).allMatch(row -> row >= 0 && row < 1000);
  }

  @Test
  void drawsAreUniform() {
    int[] rows = new int[70_000];
    MixtureDraw.draw(new RandomStream(3), 7, rows, 0, rows.length);
    double[] counts = new double[7];
    for (int row : rows) {
      counts[row]++;
    }
    // Five standard deviations of a binomial count.
    for (double count : counts) {
      assertThat(count).isCloseTo(10_000, within(5 * Math.sqrt(10_000 * 6 / 7.0)));
    }
  }

  @Test
  void largestSideIsReachable() {
    int[] rows = new int[100_000];
    MixtureDraw.draw(new RandomStream(4), Integer.MAX_VALUE, rows, 0, rows.length);
    assertThat(Arrays.stream(rows).min().orElseThrow()).isBetween(0, 1 << 20);
    assertThat(Arrays.stream(rows).max().orElseThrow())
        .isGreaterThan(Integer.MAX_VALUE - (1 << 20));
  }

  @Test
  void emptySideOfAMixtureIsAnErrorThatNamesIt() {
    assertThatThrownBy(() -> new MixtureDraw(0, 5, 0.5, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expert side is empty");
    assertThatThrownBy(() -> new MixtureDraw(5, 0, 0.5, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("learner side is empty");
    assertThatThrownBy(() -> new MixtureDraw(5, 0, 0, 4))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pureSidesDoWithoutTheOther() {
    assertThat(new MixtureDraw(5, 0, 1, 4).nextExpertCount()).isEqualTo(4);
    assertThat(new MixtureDraw(0, 5, 0, 4).nextExpertCount()).isZero();
  }

  @Test
  void badFractionsAndBatchesAreRefused() {
    for (double fraction : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new MixtureDraw(5, 5, fraction, 4))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new MixtureDraw(5, 5, 0.5, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
