package org.planloop.environments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.expert.Python;

/**
 * One step from every state that Gymnasium and MuJoCo visited: src/test/python/reference_traces.py
 * made the traces.
 */
class ReferenceTraceTest {
  private static final String FOLDER = "src/test/resources/org/planloop/environments";

  private static List<double[]> rows(String name) throws IOException {
    InputStream file = ReferenceTraceTest.class.getResourceAsStream(name + ".csv");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Objects.requireNonNull(file), StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .skip(1)
          .map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"pendulum, 1e-13", "cartpole-balance, 1e-13", "cartpole-swingup, 1e-11"})
  void stepsAgreeWithTheReference(String name, double tolerance) throws IOException {
    Environment environment = Environments.bundled().create(name, Map.of());
    int size = environment.states().size();
    VectorEnvironment copies = environment.open(1);
    StepResult result = new StepResult(1, size);
    List<double[]> rows = rows(name);
    assertThat(rows).hasSizeGreaterThan(100);
    for (double[] row : rows) {
      copies.resetTo(0, Arrays.copyOf(row, size), new RandomStream(0));
      copies.step(new boolean[] {true}, new double[] {row[size]}, result);
      assertThat(result.rewards[0]).isCloseTo(row[size + 1], within(tolerance));
      for (int i = 0; i < size; i++) {
        assertThat(result.nextStates[i])
            .as("dimension %s after %s", i, Arrays.toString(row))
            .isCloseTo(row[size + 2 + i], within(tolerance));
      }
      assertThat(result.terminated[0]).isEqualTo(row[2 * size + 2] == 1);
    }
  }

  @Test
  void theReferenceSimulatorsStillMakeTheStoredTraces() throws Exception {
    Python python = Python.with("gymnasium", "mujoco", "numpy");
    assertThat(python.run("src/test/python/reference_traces.py", "--check", FOLDER))
        .contains("cartpole-swingup: 180 steps");
  }
}
