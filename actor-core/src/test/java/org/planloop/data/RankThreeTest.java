package org.planloop.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankThreeTest {
  @Test
  void addsThreeWeightedRowsToEachOfTwoLinesAndLeavesTheRestAlone() {
    RandomStream random = new RandomStream(1);
    for (int length = 0; length < 80; length++) {
      double[][] rows = new double[5][length + 2];
      for (double[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = random.nextGaussian();
        }
      }
      double[] line = rows[3].clone();
      double[] below = rows[4].clone();
      RankThree.update(
          line, 0.5, -1, 2, below, 3, 0.25, -0.5, rows[0], rows[1], rows[2], 1, length + 1);
      for (int i = 0; i < length + 2; i++) {
        boolean inside = i > 0 && i <= length;
        double sum = 0.5 * rows[0][i] - rows[1][i] + 2 * rows[2][i];
        double sumBelow = 3 * rows[0][i] + 0.25 * rows[1][i] - 0.5 * rows[2][i];
        assertThat(line[i]).isCloseTo(rows[3][i] + (inside ? sum : 0), within(1e-14));
        assertThat(below[i]).isCloseTo(rows[4][i] + (inside ? sumBelow : 0), within(1e-14));
      }
    }
  }
}
