package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.Joining;
import picocli.CommandLine;

class JoinOptionsTest {
  private static final HostPort SELF = new HostPort("127.0.0.1", 7000);

  private static Joining joining(String... options) {
    return CommandLine.populateCommand(new JoinOptions(), options).joining(SELF);
  }

  @Test
  void withoutOptionsANodeIsItsOwnSeed() {
    Joining alone = new Joining.Seeds(List.of(SELF), Joining.Resolver.SEPARATION);
    assertThat(joining()).isEqualTo(alone);
    assertThat(joining("--join", "seeds")).isEqualTo(alone);
  }

  @Test
  void seedsMayHaveEitherResolver() {
    assertThat(joining("--seeds", "a,b:7").resolver()).isEqualTo(Joining.Resolver.SEPARATION);
    assertThat(joining("--seeds", "a", "--resolver", "Lease").resolver())
        .isEqualTo(Joining.Resolver.LEASE);
  }

  @Test
  void byTheApiALeaseDecides() {
    Joining joining = joining("--join", "Kubernetes");
    assertThat(joining)
        .isEqualTo(
            new Joining.Kubernetes(
                "app.kubernetes.io/part-of=planloop,"
                    + "app.kubernetes.io/component in (trainer,replay)",
                2,
                25521));
    assertThat(joining.resolver()).isEqualTo(Joining.Resolver.LEASE);
    assertThat(
            joining(
                "--join=kubernetes",
                "--join-pods=app=x",
                "--core-nodes=5",
                "--join-port=7",
                "--resolver=lease"))
        .isEqualTo(new Joining.Kubernetes("app=x", 5, 7));
  }

  @ParameterizedTest
  @CsvSource({
    "--join=dns, --join = dns, seeds or kubernetes",
    "--resolver=majority, --resolver = majority, separation or lease",
    "--join=kubernetes --seeds=a, --seeds = a, give one of both",
    "--join=kubernetes --resolver=separation, --resolver = separation, use lease",
    "--core-nodes=3, --core-nodes = 3, add --join kubernetes",
    "--join-port=3, --join-port = 3, add --join kubernetes",
    "--join-pods=a=b, --join-pods = a=b, add --join kubernetes",
    "--join=kubernetes --core-nodes=0, --core-nodes = 0, from 1 to 1025",
    "--join=kubernetes --join-port=0, --join-port = 0, from 1 to 65535",
    "--join=kubernetes --join-pods=%s, --join-pods = %s, kubectl get pods --selector"
  })
  void whatDoesNotFitIsSaidWithTheWayOut(String options, String what, String wayOut) {
    assertThatThrownBy(() -> joining(options.split(" ", -1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(what)
        .hasMessageContaining(wayOut);
  }
}
