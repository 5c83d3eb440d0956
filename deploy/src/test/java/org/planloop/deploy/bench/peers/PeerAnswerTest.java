package org.planloop.deploy.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerAnswerTest {
  @Test
  void aSampleIsSecondsAUnit() throws IOException {
    assertThat(PeerAnswer.read("{\"seconds\": 0.5, \"count\": 250}"))
        .isEqualTo(new PeerAnswer.Samples(List.of(0.002)));
  }

  @Test
  void anErrorIsOneLine() throws IOException {
    assertThat(PeerAnswer.read("{\"error\": \"RuntimeError: no\\n  compiler \"}"))
        .isEqualTo(new PeerAnswer.Lacking("RuntimeError: no compiler"));
  }

  @Test
  void aGreetingSaysWhatItIs() throws IOException {
    assertThat(PeerAnswer.readGreeting("{\"ready\": \"torch 2.7.1\"}")).isEqualTo("torch 2.7.1");
    assertThatThrownBy(() -> PeerAnswer.readGreeting("{\"seconds\": 1}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ready");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "loading ...",
        "{}",
        "[1]",
        "{\"seconds\": 1}",
        "{\"seconds\": 0, \"count\": 1}",
        "{\"seconds\": -1, \"count\": 1}",
        "{\"seconds\": 1, \"count\": 0}",
        "{\"seconds\": \"NaN\", \"count\": 1}",
        "{\"seconds\": 1e999, \"count\": 1}",
        "{\"error\": 7}"
      })
  void anythingElseIsRefusedAndQuoted(String line) {
    assertThatThrownBy(() -> PeerAnswer.read(line))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the peer said: " + line);
  }
}
