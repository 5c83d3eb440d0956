package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
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

  private static NodeSettings joining(String role, Joining joining) {
    return new NodeSettings(
        "planloop",
        Set.of(role),
        Listening.to(HostPort.parse("--bind", "127.0.0.1", 1)),
        joining,
        Path.of("data"),
        0,
        0,
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void aCoreWithALeaseHasNoFirstSeedThatCouldBeginASecondCluster() {
    Joining named =
        new Joining.Seeds(List.of(new HostPort("127.0.0.1", 7000)), Joining.Resolver.LEASE);
    assertThat(joining("worker", named).core()).isFalse();
    for (String role : List.of("trainer", "replay")) {
      assertThatThrownBy(() -> joining(role, named))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("--resolver = lease")
          .hasMessageContaining("need --join kubernetes");
    }
  }

  @Test
  void whereThePartForKubernetesIsMissingTheWayOutIsSaid() {
    NodeSettings settings =
        joining("trainer", new Joining.Kubernetes(Joining.Kubernetes.PODS, 2, 7000));
    assertThatThrownBy(() -> NodeConfig.node(settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("--join = kubernetes")
        .hasMessageContaining("container image")
        .hasMessageContaining("--seeds");
  }

  @Test
  void whoNamesSeedsIsRemovedAsBefore() {
    String downing = "pekko.cluster.downing-provider-class";
    Config before = NodeConfig.node(settings("planloop", Set.of("replay"), "127.0.0.1", 3));
    assertThat(before.getString(downing)).endsWith(".SeparationDowning");
    assertThat(before.getStringList("pekko.cluster.roles")).containsOnly("replay", "shard-3");
    Joining lease =
        new Joining.Seeds(List.of(new HostPort("127.0.0.1", 7000)), Joining.Resolver.LEASE);
    Config worker = NodeConfig.node(joining("worker", lease));
    assertThat(worker.getString(downing)).endsWith(".LeaseDowning");
    assertThat(worker.getStringList("pekko.cluster.roles")).containsExactly("worker");
    assertThat(worker.getStringList("pekko.cluster.seed-nodes"))
        .containsExactly("pekko://planloop@127.0.0.1:7000");
  }
}
