package org.planloop.deploy.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.bench.peers.Peer.Threads;
import org.planloop.deploy.bench.process.ChildProcess;

@Timeout(120)
class PeerProcessesTest {
  @TempDir Path folder;

  private static Peer peer(String work, Threads threads) {
    return new Peer("planning", "plan", "fake", "numpy_draw.py", work, threads);
  }

  private PeerProcesses processes(String body) throws IOException {
    Path python = FakePython.script(folder.resolve("python"), body);
    return new PeerProcesses(python, Files.createDirectory(folder.resolve("scripts")), 4);
  }

  @Test
  void oneProcessAnswersForAllWorkOfAScript() throws IOException {
    try (PeerProcesses peers =
        processes(
            """
            echo started >> "$(dirname "$0")/starts"
            echo '{"ready": "fake 1"}'
            while read work samples; do
              i=0
              while [ $i -lt $samples ]; do
                echo "{\\"seconds\\": $OMP_NUM_THREADS, \\"count\\": 2}"
                i=$((i + 1))
              done
            done
            """)) {
      assertThat(peers.ask(peer("a", Threads.ONE), 2))
          .isEqualTo(new PeerAnswer.Samples(List.of(0.5, 0.5)));
      assertThat(peers.ask(peer("b", Threads.ONE), 1))
          .isEqualTo(new PeerAnswer.Samples(List.of(0.5)));
      assertThat(peers.ask(peer("a", Threads.ALL), 1))
          .isEqualTo(new PeerAnswer.Samples(List.of(2.0)));
      assertThat(peers.versions()).containsExactly("fake 1");
    }
    assertThat(Files.readAllLines(folder.resolve("starts"))).hasSize(2);
  }

  @Test
  void aPeerThatDiesIsShownAndNotStartedAgain() throws IOException {
    try (PeerProcesses peers =
        processes(
            """
            echo started >> "$(dirname "$0")/starts"
            echo "ModuleNotFoundError: No module named 'torch'" >&2
            exit 1
            """)) {
      PeerAnswer first = peers.ask(peer("a", Threads.ONE), 1);

      assertThat(first).isInstanceOf(PeerAnswer.Lacking.class);
      assertThat(((PeerAnswer.Lacking) first).reason()).contains("No module named 'torch'");
      assertThat(peers.ask(peer("b", Threads.ONE), 1)).isEqualTo(first);
    }
    assertThat(Files.readAllLines(folder.resolve("starts"))).hasSize(1);
  }

  @Test
  void aRefusalLeavesTheProcessReady() throws IOException {
    try (PeerProcesses peers =
        processes(
            """
            echo '{"ready": "fake 1"}'
            read line
            echo '{"error": "no compiler"}'
            read line
            echo '{"seconds": 1, "count": 1}'
            read line
            """)) {
      assertThat(peers.ask(peer("compiled", Threads.ONE), 5))
          .isEqualTo(new PeerAnswer.Lacking("no compiler"));
      assertThat(peers.ask(peer("eager", Threads.ONE), 1))
          .isEqualTo(new PeerAnswer.Samples(List.of(1.0)));
    }
  }

  /** The one half of the protocol that is Python speaks as the other expects. */
  @Test
  void theScriptsSpeakThisProtocol() throws Exception {
    assumeTrue(hasPython(), "needs a python3 on the PATH");
    Files.copy(
        PeerProcesses.class.getResourceAsStream("protocol.py"), folder.resolve("protocol.py"));
    Path script = folder.resolve("peer.py");
    Files.writeString(
        script,
        """
        import os
        import protocol

        def fine():
            print("chatter on standard output")
            return lambda: sum(range(1000)), 10

        def broken():
            raise RuntimeError("there is " + os.environ.get("MKL_CBWR", "nothing"))

        protocol.WARM_UP_SECONDS = 0
        protocol.LEAST_SAMPLE_SECONDS = 1e-6
        protocol.serve("fake 1", {"fine": fine, "broken": broken})
        """);
    Path log = folder.resolve("log");
    try (PeerProcess peer =
        new PeerProcess(Path.of("python3"), script, 1, log, Duration.ofSeconds(60))) {
      assertThat(peer.versions()).startsWith("fake 1, Python 3");
      assertThat(((PeerAnswer.Samples) peer.ask("fine", 3)).seconds())
          .hasSize(3)
          .allMatch(seconds -> seconds > 0);
      // Surefire sets MKL_CBWR for us, and a peer does not see it.
      assertThat(System.getenv("MKL_CBWR")).isNotNull();
      assertThat(peer.ask("broken", 3))
          .isEqualTo(new PeerAnswer.Lacking("RuntimeError: there is nothing"));
      assertThat(((PeerAnswer.Samples) peer.ask("fine", 1)).seconds()).hasSize(1);
    }
    assertThat(log).content().contains("chatter on standard output");
  }

  private boolean hasPython() throws IOException {
    Path log = folder.resolve("version");
    try (ChildProcess child = ChildProcess.start(List.of("python3", "--version"), log)) {
      child.await(Duration.ofSeconds(30));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
