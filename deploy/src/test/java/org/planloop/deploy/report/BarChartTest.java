package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BarChartTest {
  private static final Pattern BAR =
      Pattern.compile("<rect x=\"([0-9.]+)\" y=\"\\d+\" width=\"([0-9.]+)\"");

  private static List<double[]> bars(BarChart chart) {
    return BAR.matcher(chart.svg()).results().map(BarChartTest::numbers).toList();
  }

  private static double[] numbers(MatchResult found) {
    return new double[] {Double.parseDouble(found.group(1)), Double.parseDouble(found.group(2))};
  }

  @Test
  void lengthsAreInProportion() {
    List<double[]> bars = bars(new BarChart("t").add("a", 1, "one").add("b", 4, "four"));

    assertThat(bars.get(1)[1] / bars.get(0)[1]).isCloseTo(4, within(0.01));
    assertThat(bars.get(0)[0]).isEqualTo(bars.get(1)[0]);
  }

  @Test
  void ratiosGrowFromOneToBothSides() {
    List<double[]> bars =
        bars(
            new BarChart("t")
                .ratios()
                .add("a", 10, "10")
                .add("b", 0.1, "0.1")
                .add("c", 100, "100"));

    assertThat(bars.get(2)[1] / bars.get(0)[1]).isCloseTo(2, within(0.01));
    assertThat(bars.get(1)[1]).isCloseTo(bars.get(0)[1], within(0.11));
    assertThat(bars.get(1)[0] + bars.get(1)[1]).isCloseTo(bars.get(0)[0], within(0.11));
  }

  @Test
  void aLongLabelHasRoom() {
    String label = "x".repeat(100);
    assertThat(bars(new BarChart("t").add(label, 1, "one")).get(0)[0]).isGreaterThan(600);
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }
}
