package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;

class ListeningTest {
  private static Listening parse(String reached, String here) {
    return Listening.parse("--bind", reached, "--listen", Optional.ofNullable(here), 1);
  }

  @ParameterizedTest
  @CsvSource({
    "{address}.nodes.example, 10.244.1.5, 10-244-1-5.nodes.example:25520",
    "{address}.nodes.example:7000, 10.244.1.5, 10-244-1-5.nodes.example:7000",
    "{address}.nodes.example, fd00:1::5, fd00-1--5.nodes.example:25520",
    "trainer-0.nodes.example, 0.0.0.0, trainer-0.nodes.example:25520"
  })
  void aNameMayHoldTheAddressThatIsListenedTo(String reached, String here, String read) {
    Listening listening = parse(reached, here);
    assertThat(listening.reached()).hasToString(read);
    assertThat(listening.here()).contains(here);
  }

  @Test
  void withoutAnAddressOfItsOwnThePlaceIsWhatTheNameResolvesTo() {
    assertThat(parse("localhost:7000", null))
        .isEqualTo(Listening.to(new HostPort("localhost", 7000)));
  }

  @Test
  void anAddressThatIsNotGivenHasNoName() {
    assertThatThrownBy(() -> parse("{address}.nodes.example", null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--bind {address}.nodes.example")
        .hasMessageContaining("given with --listen");
    assertThatThrownBy(() -> parse("{address}.nodes.example", "0.0.0.0"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--listen = 0.0.0.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.1.2", "10.1.2.3:7000", "10.1.2.300", "::1::"})
  void whatIsListenedToIsAnAddress(String here) {
    assertThatThrownBy(() -> parse("localhost", here))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("--listen = " + here);
  }

  @Test
  void theAddressDecidesWhetherOthersReachItNotTheName() {
    // A name that does not resolve is none of this process's business.
    parse("no-such-host.invalid", "127.0.0.1").requireTls("--bind", false);
    parse("no-such-host.invalid", "0.0.0.0").requireTls("--bind", true);
    assertThatThrownBy(() -> parse("127.0.0.1", "0.0.0.0").requireTls("--bind", false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("planloop certs");
  }
}
