package org.planloop.deploy.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.planloop.deploy.bench.Benchmark;
import org.planloop.deploy.bench.Benchmarks;

/** The table holds nothing that is not there. */
class PeersTest {
  private static final Pattern IMPORT = Pattern.compile("^(?:import|from) (\\w+)", 8);

  private static String script(String name) throws IOException {
    try (InputStream in = Peers.class.getResourceAsStream(name)) {
      assertThat(in).as("resource " + name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Stream<Peer> peers() {
    return Peers.all().stream();
  }

  @ParameterizedTest
  @MethodSource("peers")
  void itsBenchmarkAndItsWorkExist(Peer peer) throws IOException {
    assertThat(Benchmarks.all()).extracting(Benchmark::name).contains(peer.benchmark());
    assertThat(script(peer.script())).contains("\"" + peer.work() + "\": ");
  }

  @Test
  void whatScriptsImportOfOneAnotherIsTakenAlong() throws IOException {
    List<String> scripts =
        Stream.concat(Peers.all().stream().map(Peer::script), PeerProcesses.SHARED.stream())
            .distinct()
            .toList();
    for (String script : scripts) {
      Matcher imports = IMPORT.matcher(script(script));
      while (imports.find()) {
        String module = imports.group(1) + ".py";
        if (Peers.class.getResource(module) != null) {
          assertThat(PeerProcesses.SHARED).as(script + " imports " + module).contains(module);
        }
      }
    }
    assertThat(scripts).allSatisfy(script -> assertThat(script(script)).isNotBlank());
  }

  @Test
  void noTwoStandBesideOneFigureUnderTheSameName() {
    assertThat(Peers.all().stream().map(peer -> peer.figure() + " " + peer.label(2)))
        .doesNotHaveDuplicates();
  }

  @Test
  void theLabelSaysTheThreads() {
    Peer peer = new Peer("b", "f", "numpy", "s.py", "w", Peer.Threads.ALL);
    assertThat(peer.label(4)).isEqualTo("numpy, 4 threads");
    assertThat(peer.label(1)).isEqualTo("numpy, 1 thread");
  }
}
