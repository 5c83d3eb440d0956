package org.planloop.deploy.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir Path folder;

  private static List<String> shell(String script) {
    return List.of("sh", "-c", script);
  }

  private ChildProcess talking(String script) throws IOException {
    return ChildProcess.startTalking(
        shell(script), folder.resolve("log"), Set.of("PATHS"), Map.of("GREETING", "hello"));
  }

  @Test
  void aFailureShowsTheCodeAndTheLastWords() throws IOException {
    String script = "i=0; while [ $i -lt 30 ]; do echo line $i; i=$((i+1)); done; exit 3";
    try (ChildProcess child = ChildProcess.start(shell(script), folder.resolve("log"))) {
      assertThatThrownBy(() -> child.await(LONG))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("exit code 3")
          .hasMessageContaining("line 29")
          .hasMessageNotContaining("line 2\n");
    }
  }

  @Test
  void patienceEnds() throws IOException {
    try (ChildProcess child = ChildProcess.start(shell("sleep 600"), folder.resolve("log"))) {
      assertThatThrownBy(() -> child.await(Duration.ofMillis(20)))
          .hasMessageContaining("still runs");
    }
  }

  @Test
  void closingKillsItAndWhatItHasStarted() throws Exception {
    try (ChildProcess child = talking("sleep 600 & echo $!; wait")) {
      Optional<ProcessHandle> grandchild = ProcessHandle.of(Long.parseLong(child.line(LONG)));
      child.close();
      grandchild.orElseThrow().onExit().get(50, TimeUnit.SECONDS);
      ProcessHandle.of(child.pid()).ifPresent(handle -> handle.onExit().join());
      assertThat(child.isAlive()).isFalse();
    }
  }

  @Test
  void itIsSpokenWith() throws IOException {
    try (ChildProcess child = talking("read name; echo $GREETING $name; echo error >&2")) {
      child.say("Ada");
      assertThat(child.line(LONG)).isEqualTo("hello Ada");
      assertThatThrownBy(() -> child.line(LONG))
          .hasMessageContaining("ended too early")
          .hasMessageContaining("error");
    }
  }

  @Test
  void silenceIsNotWaitedForForever() throws IOException {
    try (ChildProcess child = talking("sleep 600")) {
      assertThatThrownBy(() -> child.line(Duration.ofMillis(20)))
          .hasMessageContaining("said nothing for 0 s");
    }
  }
}
