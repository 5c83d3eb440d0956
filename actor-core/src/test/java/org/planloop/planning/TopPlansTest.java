package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

class TopPlansTest {
  private static List<Integer> rank(int from, int count, int wanted, double... scores) {
    TopPlans top = new TopPlans();
    int found = top.rank(scores, from, count, wanted);
    return IntStream.range(0, found).mapToObj(top::get).toList();
  }

  @Test
  void nanIsNeverPickedAndNegativeInfinityRanksAboveIt() {
    assertThat(rank(0, 4, 4, Double.NaN, Double.NEGATIVE_INFINITY, -5, Double.NaN))
        .containsExactly(2, 1);
  }

  @Test
  void equalScoresRankByIndex() {
    assertThat(rank(0, 5, 3, 1, 2, 2, 2, 2)).containsExactly(1, 2, 3);
  }

  @Test
  void looksAtItsRangeAlone() {
    assertThat(rank(1, 2, 2, 9, 1, 2, 9)).containsExactly(2, 1);
  }

  @Test
  void agreesWithSorting() {
    RandomStream random = new RandomStream(3);
    for (int trial = 0; trial < 200; trial++) {
      double[] scores = random.ints(1 + trial % 37, 0, 12).asDoubleStream().toArray();
      int wanted = 1 + random.nextInt(scores.length);
      List<Integer> sorted =
          IntStream.range(0, scores.length)
              .boxed()
              .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]))
              .limit(wanted)
              .toList();
      assertThat(rank(0, scores.length, wanted, scores)).isEqualTo(sorted);
    }
  }
}
