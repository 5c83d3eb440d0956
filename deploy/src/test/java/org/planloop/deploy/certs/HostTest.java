package org.planloop.deploy.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;

class HostTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "Node-1.example.org",
        "*.nodes.example.org",
        "10.0.0.1",
        "255.255.255.255",
        "::1",
        "[fe80::1]"
      })
  void namesAndAddresses(String text) {
    assertThat(Host.of(text).name())
        .isEqualTo(text.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "-a",
        "a-",
        "a..b",
        "a/b",
        "..",
        ".",
        "*.org",
        "*",
        "*.*.example.org",
        "a.*.example.org",
        "a*.example.org",
        "*.a b.org",
        "10.0.0",
        "10.0.0.256",
        "10.0.0.1.",
        "1",
        "a_b",
        ":",
        "::g",
        "1:2",
        "fe80::1%eth0",
        "a,b",
        "\u00e4",
        "a:2551"
      })
  void everythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Host.of(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("neither a host name")
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void aFolderIsNeverCalledAfterAStar() {
    assertThat(Host.of("*.nodes.example.org").folder()).isEqualTo("_wildcard.nodes.example.org");
    assertThat(Host.of("a.example.org").folder()).isEqualTo("a.example.org");
  }

  @Test
  void labelsAndNamesHaveAnEnd() {
    String label = "a".repeat(63);
    assertThat(Host.of(label + ".b").name()).hasSize(65);
    assertThatThrownBy(() -> Host.of(label + "a")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Host.of(String.join(".", label, label, label, label)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void onlyLoopbackHasTheNamesOfLoopback() {
    assertThat(Host.of("10.0.0.1").alternativeNames()).hasSize(1);
    assertThat(Host.of("node").alternativeNames())
        .containsExactly(new GeneralName(GeneralName.dNSName, "node"));
    for (String loopback : new String[] {"localhost", "127.0.0.1", "::1"}) {
      assertThat(Host.of(loopback).alternativeNames()).hasSize(3);
    }
    assertThat(Host.of("127.0.0.2").alternativeNames()).hasSize(4);
  }
}
