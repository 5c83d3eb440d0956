package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.report.LineChart.Series;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class LineChartTest {
  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  private static final double[] X = {0, 200, 400};

  @Test
  void itIsWellFormedWhateverTheLabels() throws Exception {
    LineChart chart = new LineChart("a < b & \"c\"", "x", "y");

    Document svg = parse(chart.add(Series.of("<script>", X, new double[] {1, 2, 3})).svg());

    assertThat(svg.getElementsByTagName("path").getLength()).isEqualTo(1);
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
  }

  @Test
  void aMissingPointLeavesAGap() throws Exception {
    LineChart chart = new LineChart("t", "x", "y");

    String svg = chart.add(Series.of("s", X, new double[] {1, Double.NaN, 3})).svg();

    assertThat(svg).doesNotContain("NaN").contains("M64.0,");
    String path =
        parse(svg)
            .getElementsByTagName("path")
            .item(0)
            .getAttributes()
            .getNamedItem("d")
            .getNodeValue();
    assertThat(path.chars().filter(c -> c == 'M').count()).isEqualTo(2);
  }

  @Test
  void theLargestValueIsAtTheTop() throws Exception {
    LineChart chart = new LineChart("t", "x", "y");
    Document svg = parse(chart.add(Series.of("s", X, new double[] {-10, 0, 10})).svg());

    double[] y = new double[3];
    for (int i = 0; i < 3; i++) {
      y[i] =
          Double.parseDouble(
              svg.getElementsByTagName("circle")
                  .item(i)
                  .getAttributes()
                  .getNamedItem("cy")
                  .getNodeValue());
    }

    assertThat(y[2]).isLessThan(y[1]);
    assertThat(y[0] - y[1]).isCloseTo(y[1] - y[2], org.assertj.core.api.Assertions.within(0.2));
  }

  @Test
  void nothingToDrawSaysSo() {
    LineChart chart = new LineChart("t", "x", "y");

    assertThat(chart.add(Series.of("s", new double[0], new double[0])).svg()).contains("no data");
    assertThat(chart.add(Series.of("s", X, new double[] {0, -1, 0})).logarithmic().isEmpty())
        .isTrue();
  }

  @Test
  void oneConstantPointIsDrawn() {
    LineChart chart = new LineChart("t", "x", "y");

    assertThat(chart.add(Series.of("s", new double[] {5}, new double[] {7})).svg())
        .contains("<circle")
        .doesNotContain("NaN", "Infinity");
  }

  @Test
  void onALogarithmicAxisEqualFactorsAreEqualSteps() throws Exception {
    double[] x = {1, 10, 100};
    Document svg =
        parse(
            new LineChart("t", "x", "y")
                .logarithmicX(java.util.List.of(1.0, 10.0, 100.0))
                .add(Series.of("s", x, new double[] {1, 2, 3}))
                .svg());

    double[] at = new double[3];
    for (int i = 0; i < 3; i++) {
      at[i] =
          Double.parseDouble(
              svg.getElementsByTagName("circle")
                  .item(i)
                  .getAttributes()
                  .getNamedItem("cx")
                  .getNodeValue());
    }
    assertThat(at[1] - at[0])
        .isPositive()
        .isCloseTo(at[2] - at[1], org.assertj.core.data.Offset.offset(0.11));
  }
}
