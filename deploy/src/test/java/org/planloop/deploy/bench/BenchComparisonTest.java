package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.bench.BenchComparison.Change;
import org.planloop.deploy.bench.BenchComparison.Verdict;
import org.planloop.deploy.report.Json;

class BenchComparisonTest {
  @TempDir Path folder;

  private static BenchFile file(boolean time, double... samples) {
    return new BenchFile(
        Map.of("cores", "2"),
        List.of(
            new Measurement(
                "plan",
                time ? "ms" : "plans/s",
                time,
                java.util.Arrays.stream(samples).boxed().toList(),
                List.of(
                    new Reference("limit", 2),
                    new Reference(
                        "peer, 2 threads",
                        9,
                        Optional.of(new PairedRatio(3, 2.5, 3.6, 5)),
                        List.of(8.0, 9.0, 10.0))),
                Map.of("native calls a plan", 4.0))));
  }

  private static Change only(BenchFile old, BenchFile now) {
    List<Change> changes = BenchComparison.of(old, now);
    assertThat(changes).hasSize(1);
    return changes.get(0);
  }

  @Test
  void aDriftThatBothRunsShareIsNoChange() {
    Change change = only(file(true, 4, 5, 6, 7), file(true, 4.1, 4.9, 6.1, 6.9));
    assertThat(change.verdict()).isEqualTo(Verdict.NOISE);
    assertThat(change.ratio().low()).isLessThan(1);
    assertThat(change.ratio().high()).isGreaterThan(1);
  }

  @Test
  void aLossInEveryPairIsSlower() {
    Change change = only(file(true, 4, 5, 6, 7), file(true, 4.84, 6, 7.26, 8.4));
    assertThat(change.verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(change.ratio().mean()).isEqualTo(1.205, Offset.offset(0.001));
  }

  @Test
  void aHigherRateIsFaster() {
    Change change = only(file(false, 10, 11, 12), file(false, 20, 22, 24));
    assertThat(change.verdict()).isEqualTo(Verdict.FASTER);
    assertThat(change.ratio().mean()).isEqualTo(0.5, Offset.offset(1e-9));
  }

  @Test
  void oneSampleDecidesNothing() {
    assertThat(only(file(true, 1), file(true, 9)).verdict()).isEqualTo(Verdict.NOISE);
  }

  @Test
  void pairsAreSamplesInTheirOrder() {
    Change change = only(file(true, 1, 100), file(true, 2, 200, 1e9));
    assertThat(change.ratio().pairs()).isEqualTo(2);
    assertThat(change.ratio().mean()).isEqualTo(2, Offset.offset(1e-9));
  }

  @Test
  void aFigureInAnotherUnitIsAnotherFigure() {
    assertThat(BenchComparison.of(file(true, 1, 2), file(false, 1, 2))).isEmpty();
  }

  @Test
  void machinesAndVersionsThatDifferAreNamed() {
    BenchFile old = machine(Map.of("cpu", "A", "java", "17", "commit", "abc", "cores", "2"));
    BenchFile now = machine(Map.of("cpu", "B", "java", "17", "commit", "def", "peers", "torch"));

    assertThat(BenchComparison.differences(old, now)).containsExactly("cpu: A, then B");
    assertThat(BenchComparison.differences(old, old)).isEmpty();
  }

  private static BenchFile machine(Map<String, String> words) {
    return new BenchFile(words, List.of());
  }

  @Test
  void aSinglePairOfAPeerReadsBack() throws IOException {
    Reference once =
        new Reference("peer", 9, Optional.of(PairedRatio.of(of(6), of(3))), List.of(9.0));
    BenchFile written =
        new BenchFile(
            Map.of(),
            List.of(new Measurement("plan", "ms", true, List.of(3.0), List.of(once), Map.of())));
    Path path = folder.resolve("bench.json");
    Files.writeString(path, Json.pretty(written.json()));

    assertThat(BenchFile.read(path)).isEqualTo(written);
  }

  private static double[] of(double... values) {
    return values;
  }

  @Test
  void theFileReadsBack() throws IOException {
    BenchFile written = file(true, 4, 5, 6);
    Path path = folder.resolve("bench.json");
    Files.writeString(path, Json.pretty(written.json()));

    assertThat(BenchFile.read(path)).isEqualTo(written);
    assertThat(written.measurements().get(0).share(new Reference("limit", 2))).isEqualTo(0.4);
  }

  @Test
  void aForeignFileIsNamed() throws IOException {
    Path path = folder.resolve("other.json");
    Files.writeString(path, "{\"schema\": 7}");
    assertThatThrownBy(() -> BenchFile.read(path))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("other.json: schema is 7, must be 1");
  }
}
