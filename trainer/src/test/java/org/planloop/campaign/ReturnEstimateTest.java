package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReturnEstimateTest {
  @ParameterizedTest
  @CsvSource({
    "1, 12.706204736",
    "2, 4.302652730",
    "3, 3.182446305",
    "4, 2.776445105",
    "9, 2.262157163",
    "29, 2.045229642",
    "120, 1.979930405",
    "1000, 1.962339081",
    "1001, 1.962336706",
    "1000000, 1.959966357",
  })
  void quantilesAreThoseOfTheTable(int degrees, double expected) {
    assertThat(StudentT.quantile975(degrees)).isCloseTo(expected, within(2e-9));
  }

  @Test
  void theHalfWidthIsTTimesTheStandardError() {
    ReturnEstimate estimate = ReturnEstimate.of(1, 2, 3, 4, 5);

    assertThat(estimate.mean()).hasValue(3);
    assertThat(estimate.ci95().getAsDouble())
        .isCloseTo(2.776445105 * Math.sqrt(2.5 / 5), within(1e-8));
    assertThat(estimate.episodes()).isEqualTo(5);
  }

  @Test
  void oneEpisodeHasNoInterval() {
    assertThat(ReturnEstimate.of(-3.5).mean()).hasValue(-3.5);
    assertThat(ReturnEstimate.of(-3.5).ci95()).isEmpty();
  }

  @Test
  void noEpisodeHasNoMean() {
    assertThat(ReturnEstimate.of()).isEqualTo(ReturnEstimate.NONE);
  }

  @Test
  void aReturnThatIsNotFiniteIsRefused() {
    assertThatThrownBy(() -> ReturnEstimate.of(1, Double.NaN)).hasMessageContaining("NaN");
  }
}
