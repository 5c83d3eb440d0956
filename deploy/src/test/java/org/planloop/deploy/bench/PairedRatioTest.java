package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PairedRatioTest {
  private static final Offset<Double> ROUNDING = Offset.offset(1e-6);

  /** Student's 97.5 % quantile with one degree of freedom, tan(0.475 pi). */
  private static final double T1 = Math.tan(0.475 * Math.PI);

  @Test
  void theMeanIsGeometricAndTheIntervalStudents() {
    // Ratios 2 and 8: logarithms ln 4 -+ ln 2, whose standard error is ln 2.
    PairedRatio ratio = PairedRatio.of(new double[] {2, 24}, new double[] {1, 3});

    assertThat(ratio.mean()).isEqualTo(4, ROUNDING);
    assertThat(ratio.low()).isEqualTo(4 * Math.exp(-T1 * Math.log(2)), ROUNDING);
    assertThat(ratio.high() / (4 * Math.exp(T1 * Math.log(2)))).isEqualTo(1, ROUNDING);
    assertThat(ratio.pairs()).isEqualTo(2);
  }

  @Test
  void aDriftOfBothLeavesNoTrace() {
    PairedRatio ratio = PairedRatio.of(new double[] {3, 6, 30}, new double[] {1, 2, 10});

    assertThat(ratio).isEqualTo(new PairedRatio(ratio.mean(), ratio.mean(), ratio.mean(), 3));
    assertThat(ratio.mean()).isEqualTo(3, ROUNDING);
  }

  @Test
  void onePairSaysNothing() {
    PairedRatio ratio = PairedRatio.of(new double[] {6}, new double[] {3});

    assertThat(ratio.mean()).isEqualTo(2, ROUNDING);
    assertThat(ratio.low()).isZero();
    assertThat(ratio.high()).isInfinite();
  }

  @Test
  void pairsNeedPartners() {
    assertThatThrownBy(() -> PairedRatio.of(new double[2], new double[1]))
        .hasMessageContaining("2 and 1");
    assertThatThrownBy(() -> PairedRatio.of(new double[0], new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
