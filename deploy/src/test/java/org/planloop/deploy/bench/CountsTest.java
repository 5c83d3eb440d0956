package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.report.Json;

/**
 * Counts that do not depend on the machine's speed, held against the stored baseline {@code
 * counts.json}: native calls a plan, bytes a transition, bytes allocated a step. A loss of more
 * than a fifth fails; a gain is to be written into the baseline.
 */
@Timeout(300)
class CountsTest {
  private static final double TOLERANCE = 1.2;

  @TempDir Path folder;

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

  private Map<String, Double> counts() throws IOException {
    Map<String, Double> counts = new TreeMap<>();
    for (Benchmark benchmark :
        List.of(new RolloutBenchmark(), new ReplayBenchmark(), new PlanningBenchmark())) {
      Path scratch = Files.createDirectory(folder.resolve(benchmark.name()));
      BenchSetting setting =
          new BenchSetting(
              new Stopwatch(System::nanoTime, 0, 1),
              new MachineLimits(1e9, 1e9, 1e9),
              scratch,
              List.of(),
              line -> {});
      for (Measurement measurement : benchmark.run(setting)) {
        measurement
            .counts()
            .forEach((what, value) -> counts.put(measurement.name() + ": " + what, value));
      }
    }
    return counts;
  }
}
