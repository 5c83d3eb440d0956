package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Python that tests run, where there is one with the packages they need: {@code
 * PLANLOOP_PYTHON}, else that of {@code ./verify --install} in .venv, else python3 on the PATH.
 */
public final class Python {
  private final String command;

  private Python(String command) {
    this.command = command;
  }

  /** Skips the test where no Python can import {@code modules}. */
  public static Python with(String... modules) throws IOException, InterruptedException {
    List<String> candidates = new ArrayList<>();
    @Nullable String chosen = System.getenv("PLANLOOP_PYTHON");
    if (chosen != null) {
      candidates.add(chosen);
    } else {
      candidates.add(Path.of("..", ".venv", "bin", "python3").toString());
      candidates.add("python3");
    }
    for (String candidate : candidates) {
      Python python = new Python(candidate);
      if ((!candidate.contains("/") || Files.isExecutable(Path.of(candidate)))
          && python.canImport(modules)) {
        return python;
      }
    }
    return abort(
        "no Python with "
            + String.join(", ", modules)
            + ": ./verify --install makes one in .venv, or set PLANLOOP_PYTHON");
  }

  private boolean canImport(String... modules) throws IOException, InterruptedException {
    try {
      return start("-c", "import " + String.join(", ", modules)).waitFor() == 0;
    } catch (IOException e) {
      if (command.contains("/")) {
        throw e;
      }
      return false;
    }
  }

  /** Runs a program and returns what it printed; fails the test where the program fails. */
  public String run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends in two minutes").isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private Process start(String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(command);
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return process;
  }
}
