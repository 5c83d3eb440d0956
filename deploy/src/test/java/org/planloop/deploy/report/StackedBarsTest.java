package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class StackedBarsTest {
  private static final double[] X = {1, 2};

  private static StackedBars bars() {
    return new StackedBars("a < b", "x", "y", 400, 300, X)
        .term("up & down", new double[] {4, -3})
        .term("down", new double[] {-2, -1})
        .term("missing", new double[] {1, Double.NaN});
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  /** Top and bottom of each bar's parts, without the background and the legend. */
  private static List<double[]> parts(Document svg) {
    NodeList rectangles = svg.getElementsByTagName("rect");
    List<double[]> parts = new ArrayList<>();
    for (int i = 1; i < rectangles.getLength(); i++) {
      Element one = (Element) rectangles.item(i);
      double top = Double.parseDouble(one.getAttribute("y"));
      double height = Double.parseDouble(one.getAttribute("height"));
      if (height != 12) {
        parts.add(new double[] {top, top + height});
      }
    }
    return parts;
  }

  @Test
  void termsAreStackedAwayFromZeroAndMissingOnesLeftOut() throws Exception {
    List<double[]> parts = parts(parse(bars().svg()));

    assertThat(parts).hasSize(5);
    double unit = (parts.get(0)[1] - parts.get(0)[0]) / 4;
    double zero = parts.get(0)[1];
    // 1: up 4 from zero, down 2 from zero, 1 more on top; 2: down 3 from zero, then 1 below.
    assertThat(parts.get(1)[0]).isEqualTo(zero);
    assertThat(parts.get(1)[1] - zero).isCloseTo(2 * unit, within(0.2));
    assertThat(parts.get(2)[1]).isCloseTo(parts.get(0)[0], within(0.2));
    assertThat(parts.get(3)[0]).isEqualTo(zero);
    assertThat(parts.get(4)[0]).isCloseTo(parts.get(3)[1], within(0.2));
  }

  @Test
  void theSumIsADotAndAnIntervalEndsAtTheEdge() throws Exception {
    double[] sum = {3, -4};
    String wide = bars().sum("sum", sum, new double[] {-1000, -5}, new double[] {1000, -3}).svg();
    String narrow = bars().sum("sum", sum, sum, sum).svg();

    Document parsed = parse(wide);
    assertThat(parsed.getElementsByTagName("circle").getLength()).isEqualTo(3);
    assertThat(wide).doesNotContain("NaN");
    assertThat(parts(parsed).get(0)).containsExactly(parts(parse(narrow)).get(0));
  }

  @Test
  void widthsMustFit() {
    assertThatThrownBy(() -> bars().term("t", new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 values for 2 places on the axis");
  }
}
