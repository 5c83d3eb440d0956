package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

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

  /** Rows of (z, y), z of a width that is odd so that the last line has no neighbour. */
  private static double[][] randomRows(int count, int width) {
    RandomStream random = new RandomStream(3);
    double[][] rows = new double[count][width];
    for (double[] row : rows) {
      Arrays.setAll(row, i -> random.nextGaussian() * Math.pow(10, i % 5 - 2) + i % 3);
    }
    return rows;
  }

  private static void add(GramSums sums, double[] row) {
    sums.add(
        Arrays.copyOf(row, sums.inputs()),
        Arrays.copyOfRange(row, sums.inputs(), sums.inputs() + sums.outputs()));
  }

  @Test
  void agreesWithThePlainLoop() {
    for (int inputs : new int[] {1, 2, 5, 25}) {
      int outputs = inputs == 25 ? 21 : 3;
      double[][] rows = randomRows(1000, inputs + outputs);
      GramSums sums = new GramSums(inputs, outputs);
      for (double[] row : rows) {
        add(sums, row);
      }
      double[] gram = sums.gram();
      double[] cross = sums.cross();
      for (int i = 0; i < inputs; i++) {
        for (int j = 0; j < inputs + outputs; j++) {
          double plain = 0;
          double size = 0;
          for (double[] row : rows) {
            plain += row[i] * row[j];
            size += Math.abs(row[i] * row[j]);
          }
          double found = j < inputs ? gram[i * inputs + j] : cross[i * outputs + j - inputs];
          assertThat(found).isCloseTo(plain, within(1e-12 * size));
        }
      }
    }
  }

  @Test
  void rowsGiveTheSameBitsHoweverTheyAreGrouped() {
    double[][] rows = randomRows(50, 8);
    GramSums together = new GramSums(5, 3);
    GramSums watched = new GramSums(5, 3);
    for (int i = 0; i < rows.length; i++) {
      add(together, rows[i]);
      add(watched, rows[i]);
      if (i % 4 == 0) {
        // Looking at the sums multiplies in the rows that wait for a full group.
        assertThat(watched.gram()[0]).isPositive();
      }
    }
    assertThat(watched.gram()).isEqualTo(together.gram());
    assertThat(watched.cross()).isEqualTo(together.cross());
  }

  @Test
  void theSquaredErrorFollowsFromTheSums() {
    double[][] rows = randomRows(1000, 8);
    double[] weights = randomRows(1, 15)[0];
    GramSums sums = new GramSums(5, 3);
    double plain = 0;
    for (double[] row : rows) {
      add(sums, row);
      for (int output = 0; output < 3; output++) {
        double error = row[5 + output];
        for (int i = 0; i < 5; i++) {
          error -= weights[i * 3 + output] * row[i];
        }
        plain += error * error;
      }
    }
    SquaredError error = sums.squaredError(weights);
    assertThat(error.mean(3000).orElseThrow()).isCloseTo(plain / 3000, within(1e-9 * plain / 3000));
    assertThat(error.value()).isCloseTo(plain, within(error.rounding()));
    assertThat(error.mean(0)).isEmpty();
  }

  @Test
  void aSquaredErrorThatIsLostInTheSumsIsNotGiven() {
    // y is z but for one part in ten million: its square is lost beside that of z.
    GramSums sums = new GramSums(1, 1);
    for (double[] row : randomRows(1000, 1)) {
      sums.add(row, new double[] {row[0] * (1 + 1e-7)});
    }
    assertThat(sums.squaredError(new double[] {1}).mean(1000)).isEmpty();
    assertThat(sums.squaredError(new double[] {0.9}).mean(1000)).isPresent();
  }

  @Test
  void sumsOfOtherWidthsAreRefused() {
    assertThatThrownBy(() -> new GramSums(2, 2).add(new GramSums(2, 1), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 inputs and 1 outputs");
  }
}
