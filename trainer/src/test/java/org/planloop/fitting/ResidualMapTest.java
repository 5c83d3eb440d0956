package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

class ResidualMapTest {
  private static final int INPUTS = 6;
  private static final int OUTPUTS = 4;

  private final RandomStream random = new RandomStream(1);

  /** Against the plain sum, for numbers that a float holds. */
  private void check(double[] weights) {
    double[] row = new double[INPUTS + OUTPUTS];
    float[] t = new float[OUTPUTS + 2];
    for (int i = 0; i < INPUTS; i++) {
      row[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < t.length; i++) {
      t[i] = (float) random.nextGaussian();
    }
    double[] z = row.clone();
    new ResidualMap(OUTPUTS, INPUTS, weights).read(t, 2, row);
    assertThat(Arrays.copyOf(row, INPUTS)).isEqualTo(Arrays.copyOf(z, INPUTS));
    for (int i = 0; i < OUTPUTS; i++) {
      double plain = t[2 + i];
      for (int j = 0; j < INPUTS; j++) {
        plain -= weights[i * INPUTS + j] * z[j];
      }
      assertThat(row[INPUTS + i]).isCloseTo(plain, within(1e-14));
    }
  }

  @Test
  void subtractsAFullModel() {
    double[] weights = new double[INPUTS * OUTPUTS];
    Arrays.setAll(weights, i -> random.nextGaussian());
    check(weights);
  }

  @Test
  void subtractsEverySingleEntry() {
    for (int entry = 0; entry < INPUTS * OUTPUTS; entry++) {
      double[] weights = new double[INPUTS * OUTPUTS];
      weights[entry] = 0.7;
      check(weights);
    }
  }

  @Test
  void subtractsADiagonalWithMoreBesideIt() {
    double[] weights = new double[INPUTS * OUTPUTS];
    for (int i = 0; i < OUTPUTS; i++) {
      weights[i * INPUTS + i] = 1;
    }
    check(weights);
    weights[5] = -0.3;
    weights[2 * INPUTS] = 0.4;
    check(weights);
  }

  @Test
  void withoutAModelAllIsLeft() {
    check(new double[INPUTS * OUTPUTS]);
  }
}
