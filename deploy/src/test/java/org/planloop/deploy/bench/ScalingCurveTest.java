package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalingCurveTest {
  private static final Stopwatch ONCE = new Stopwatch(System::nanoTime, 0, 1);

  @TempDir Path folder;

  @Test
  void pointsAreMediansWithQuartiles() {
    ScalingCurve curve = new ScalingCurve("population", "a plan", "candidates", "milliseconds");
    curve.milliseconds("one thread", 64, new double[] {0.003, 0.001, 0.002});
    curve.rate("rate", 2, 10, new double[] {2, 5});
    curve.millions("million", 2, 3e6, new double[] {1.5});

    assertThat(curve.csv())
        .isEqualTo(
            """
            population,one thread,candidates,64,2,1.5,2.5,milliseconds
            population,rate,candidates,2,3.5,2.75,4.25,milliseconds
            population,million,candidates,2,2,2,2,milliseconds
            """);
    assertThat(ScalingCurve.csvHead().split(",")).hasSize(8);
  }

  @Test
  void thePictureHasATickAtEveryPointWhereThereIsRoom() {
    ScalingCurve curve = new ScalingCurve("population", "a plan", "candidates", "milliseconds");
    for (int x : new int[] {32, 64, 128}) {
      curve.milliseconds("one thread", x, new double[] {1e-3 * x});
    }
    assertThat(curve.svg()).contains(">32</text>", ">64</text>", ">128</text>");

    curve.milliseconds("one thread", 1e6, new double[] {1});
    assertThat(curve.svg()).contains(">1e6</text>").doesNotContain(">64</text>");
  }

  @Test
  void drawsAreMeasuredAtEverySizeOrSaidToBeLeftOut() throws IOException {
    List<String> said = new java.util.ArrayList<>();
    DrawScaling draws = new DrawScaling(ONCE, folder, line -> {}, said::add);

    assertThat(draws.bufferSize(List.of(1_000, 10_000)).csv().lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("buffer,from replay files,rows of both sides,1024,"))
        .anyMatch(line -> line.startsWith("buffer,from rows in memory,rows of both sides,9216,"));
    assertThat(said).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStepIsMeasuredForEveryEnsemble() throws IOException {
    ScalingCurve curve = new ScalingCurve("members", "t", "networks", "milliseconds");
    new FitScaling(ONCE, folder, line -> {}).members(curve, new int[] {1, 2});

    assertThat(curve.csv().lines().map(line -> line.split(",")[3])).containsExactly("1", "2");
  }
}
