package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.bench.peers.Peers;
import org.planloop.deploy.report.Json;
import org.planloop.torch.Precision;

/**
 * Counts that do not depend on the machine's speed, held against the stored baseline {@code
 * counts.json}: native calls a plan, bytes a transition, bytes allocated a step. A loss of more
 * than a fifth fails; a gain is to be written into the baseline.
 */
@Timeout(300)
class CountsTest {
  private static final double TOLERANCE = 1.2;

  /** Where the processor has no instructions for them, their figures take minutes. */
  private static final double BF16_FLOPS = Precision.processorMultipliesBfloat16() ? 1e9 : 0;

  @TempDir static Path folder;

  private static List<Measurement> figures = List.of();

  @BeforeAll
  static void measure() throws IOException {
    List<Measurement> all = new ArrayList<>();
    for (Benchmark benchmark :
        List.of(
            new RolloutBenchmark(),
            new ReplayBenchmark(),
            new FittingBenchmark(),
            new LinearBenchmark(),
            new PlanningBenchmark())) {
      Path scratch = Files.createDirectory(folder.resolve(benchmark.name()));
      BenchSetting setting =
          new BenchSetting(
              new Stopwatch(System::nanoTime, 0, 1),
              new MachineLimits(1e9, 1e9, BF16_FLOPS, BF16_FLOPS, 1e9, 1e9),
              scratch,
              List.of(),
              line -> {});
      all.addAll(benchmark.run(setting));
    }
    figures = all;
  }

  /** Peers of other benchmarks need no torch and no time, and are looked at in their own tests. */
  @Test
  void everyPeerStandsBesideAFigureOfItsBenchmark() {
    Set<String> names = figures.stream().map(Measurement::name).collect(Collectors.toSet());
    Set<String> measured = Set.of("rollouts", "replay", "fitting", "linear", "planning");

    assertThat(
            Peers.all().stream()
                .filter(peer -> measured.contains(peer.benchmark()))
                .filter(peer -> BF16_FLOPS > 0 || !peer.figure().contains("bf16")))
        .isNotEmpty()
        .allSatisfy(peer -> assertThat(names).contains(peer.figure()));
  }

  @Test
  void nothingCostsAFifthMoreThanTheBaseline() throws IOException {
    Map<String, Double> counts = counts();
    JsonNode baseline;
    try (InputStream in = CountsTest.class.getResourceAsStream("counts.json")) {
      baseline = Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }

    assertThat(counts.keySet())
        .as("counts.json has a line for every count: " + counts)
        .containsExactlyInAnyOrderElementsOf(
            baseline.properties().stream().map(Map.Entry::getKey).toList());
    counts.forEach(
        (name, value) ->
            assertThat(value)
                .as(name)
                .isLessThanOrEqualTo(TOLERANCE * baseline.get(name).asDouble()));
  }

  private static Map<String, Double> counts() {
    Map<String, Double> counts = new TreeMap<>();
    for (Measurement figure : figures) {
      figure.counts().forEach((what, value) -> counts.put(figure.name() + ": " + what, value));
    }
    return counts;
  }
}
