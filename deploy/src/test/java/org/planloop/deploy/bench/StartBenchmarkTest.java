package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a program of the shell in our place. */
@Timeout(120)
class StartBenchmarkTest {
  private static final String WRITES_ROWS =
      """
      if [ "$1" = act ]; then
        read state; echo '{"action": [0.5]}'; sleep 600
      fi
      while [ "$1" != --out ]; do shift; done
      mkdir -p "$2/replay"
      head -c 256 /dev/zero > "$2/replay/learner-000001.segment"
      head -c 300 /dev/zero > "$2/replay/learner-000001.segment"
      """;

  @TempDir Path folder;

  private List<Measurement> run(String program) throws IOException {
    Path script = folder.resolve("planloop");
    Files.writeString(script, program);
    return new StartBenchmark()
        .run(
            new BenchSetting(
                new Stopwatch(System::nanoTime, 0, 1),
                new MachineLimits(1, 1, 1, 1, 1, 1),
                Files.createDirectory(folder.resolve("scratch")),
                List.of("sh", script.toString()),
                line -> {}));
  }

  @Test
  void startsAreTimedUntilThereAreRows() throws IOException {
    List<Measurement> figures = run(WRITES_ROWS);

    assertThat(figures)
        .extracting(Measurement::name)
        .startsWith("start-to-first-transitions", "start-to-first-transitions-learner-only");
    assertThat(figures.get(0).samples()).hasSize(5);
    if (Files.exists(Path.of("/proc/self/status"))) {
      assertThat(figures).last().matches(figure -> figure.name().equals("idle-memory"));
      assertThat(figures.get(2).unit()).isEqualTo("MB");
    }
  }

  @Test
  void aProgramThatDiesIsShown() {
    assertThatThrownBy(() -> run("echo no space left on the disk; exit 1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended before it had a transition")
        .hasMessageContaining("no space left");
  }
}
