package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;

class NodeSettingsTest {
  private static NodeSettings settings(String cluster, Set<String> roles, String bind, int shard) {
    HostPort place = HostPort.parse("--bind", bind, 1);
    return new NodeSettings(
        cluster, roles, place, List.of(place), Path.of("data"), shard, 0, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "trainer.example.org, trainer.example.org:25520",
    "10.1.2.3:7000, 10.1.2.3:7000",
    "[::1]:7000, [::1]:7000",
    "::1, [::1]:25520",
    "planloop-trainer-0.planloop, planloop-trainer-0.planloop:25520"
  })
  void hostsAreReadWithAndWithoutPorts(String text, String read) {
    assertThat(HostPort.parse("--bind", text, 1)).hasToString(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":7000", "a b", "host:0", "host:65536", "host:x", "-host", "a,b"})
  void otherTextsAreRefusedByNameOfTheOption(String text) {
    assertThatThrownBy(() -> HostPort.parse("--bind", text, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--bind");
  }

  @Test
  void withoutCertificatesANodeListensToItsOwnMachineOnly() {
    assertThat(settings("planloop", Set.of("worker"), "127.0.0.1", 0).roles())
        .containsExactly("worker");
    assertThatThrownBy(() -> settings("planloop", Set.of("worker"), "10.1.2.3", 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--bind = 10.1.2.3:25520")
        .hasMessageContaining("planloop certs");
  }

  @Test
  void aNameThatDoesNotResolveIsSaid() {
    assertThatThrownBy(() -> settings("planloop", Set.of("worker"), "no-such-host.invalid", 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no-such-host.invalid does not resolve");
  }

  @Test
  void rolesShardsAndNamesAreChecked() {
    assertThatThrownBy(() -> settings("planloop", Set.of("learner"), "127.0.0.1", 0))
        .hasMessageContaining("--roles = learner")
        .hasMessageContaining("trainer, replay or worker");
    assertThatThrownBy(() -> settings("planloop", Set.of(), "127.0.0.1", 0))
        .hasMessageContaining("--roles");
    assertThatThrownBy(() -> settings("planloop", Set.of("replay"), "127.0.0.1", -1))
        .hasMessageContaining("--shard = -1");
    assertThatThrownBy(() -> settings("Plan Loop", Set.of("replay"), "127.0.0.1", 0))
        .hasMessageContaining("--cluster-name = Plan Loop");
  }
}
