package org.planloop.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.Joining;
import org.planloop.deploy.cluster.KubernetesJoining;
import org.planloop.deploy.cluster.Listening;
import org.planloop.deploy.cluster.NodeSettings;

class ApiJoiningTest {
  private static NodeSettings settings(String role, Listening listening, Joining joining) {
    return new NodeSettings(
        "lab-7",
        Set.of(role),
        listening,
        joining,
        Path.of("data"),
        0,
        1,
        Optional.empty(),
        Optional.empty());
  }

  private static Joining.Kubernetes core(int nodes) {
    return new Joining.Kubernetes(Joining.Kubernetes.PODS, nodes, 7000);
  }

  private static Config config(String role, int coreNodes) {
    Listening here = new Listening(new HostPort("a.nodes.svc", 7001), Optional.of("127.0.0.1"));
    Joining.Kubernetes how = core(coreNodes);
    return new ApiJoining()
        .config(settings(role, here, how), how)
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  @Test
  void itIsWhatNodesFind() {
    assertThat(KubernetesJoining.installed()).isInstanceOf(ApiJoining.class);
  }

  @Test
  void onlyTheCoreMayBeginACluster() {
    String key = "pekko.management.cluster.bootstrap.new-cluster-enabled";
    assertThat(config("trainer", 2).getBoolean(key)).isTrue();
    assertThat(config("replay", 2).getBoolean(key)).isTrue();
    assertThat(config("worker", 2).getBoolean(key)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "5, 3", "9, 5"})
  void aMajorityOfTheCoreBeginsACluster(int nodes, int majority) {
    assertThat(
            config("trainer", nodes)
                .getInt(
                    "pekko.management.cluster.bootstrap.contact-point-discovery"
                        + ".required-contact-point-nr"))
        .isEqualTo(majority)
        .isGreaterThan(nodes / 2);
  }

  @Test
  void theEndpointIsThePodsAloneAndHasOnePage() {
    Config http = config("trainer", 2).getConfig("pekko.management.http");
    assertThat(http.getString("bind-hostname")).isEqualTo("127.0.0.1");
    assertThat(http.getString("hostname")).isEqualTo("127.0.0.1");
    assertThat(http.getInt("port")).isEqualTo(7000);
    assertThat(http.getBoolean("route-providers-read-only")).isTrue();
    assertThat(http.getConfig("routes").entrySet())
        .filteredOn(route -> !route.getValue().unwrapped().equals(""))
        .extracting(Map.Entry::getKey)
        .containsExactly("cluster-bootstrap");
  }

  @Test
  void theLeaseIsTheClustersAndKeptForLongerThanOthersAskForIt() {
    Config config = config("trainer", 2);
    Config majority = config.getConfig("pekko.cluster.split-brain-resolver.lease-majority");
    assertThat(majority.getString("lease-name")).isEqualTo("lab-7");
    Duration keeps = majority.getDuration("release-after");
    Duration asks = config.getDuration("planloop.cluster.lease-patience");
    Config lease = config.getConfig(majority.getString("lease-implementation"));
    assertThat(keeps).isGreaterThan(asks.plus(config.getDuration("planloop.cluster.down-after")));
    assertThat(asks)
        .as("a holder that is dead is found out while others ask")
        .isGreaterThan(lease.getDuration("heartbeat-timeout"));
    assertThat(lease.getString("lease-class")).isEqualTo(PatientLease.class.getName());
  }

  @Test
  void anAddressThatIsNoPodsIsRefused() {
    Joining.Kubernetes how = core(2);
    Listening all = new Listening(new HostPort("127.0.0.1", 7001), Optional.of("0.0.0.0"));
    Listening one = Listening.to(new HostPort("127.0.0.1", 7001));
    NodeSettings everywhere =
        new NodeSettings(
            "lab",
            Set.of("trainer"),
            all,
            how,
            Path.of("data"),
            0,
            1,
            Optional.of(Path.of("tls")),
            Optional.empty());
    assertThatThrownBy(() -> new ApiJoining().config(everywhere, how))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--listen = 0.0.0.0")
        .hasMessageContaining("$(POD_IP)");
    assertThat(new ApiJoining().config(settings("trainer", one, how), how).isEmpty()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, trainer-0.planloop.lab.svc, 10-1-2-3.planloop.lab.svc",
    "[fd00::7], trainer-0.planloop.lab.svc, fd00--7.planloop.lab.svc",
    "10.1.2.3, 10.1.2.9, 10.1.2.3",
    "10.1.2.3, trainer, 10.1.2.3",
    "fd00::7, fd00::1, fd00::7"
  })
  void aPodsCertificateIsForItsNameInTheDomainOfNodes(String address, String bind, String name) {
    assertThat(MutualTls.name(address, bind)).isEqualTo(name);
  }
}
