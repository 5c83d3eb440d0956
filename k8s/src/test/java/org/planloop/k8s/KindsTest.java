package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KindsTest {
  private static Map<String, Object> service(String field, Object value) {
    return Map.of(
        "apiVersion",
        "v1",
        "kind",
        "Service",
        "metadata",
        Map.of("name", "a"),
        "spec",
        Map.of("ports", List.of(Map.of("port", 1, field, value))));
  }

  @Test
  void aFieldThatThereIsNotIsFoundHoweverDeep() {
    assertThat(Kinds.wrongIn(service("targetPort", "http"))).isEmpty();
    assertThat(Kinds.wrongIn(service("targetPorts", "http")))
        .singleElement()
        .asString()
        .contains("Ports[0]", "targetPorts");
  }

  @Test
  void aValueOfAnotherTypeIsFound() {
    assertThat(Kinds.wrongIn(service("nodePort", Map.of("a", 1))))
        .singleElement()
        .asString()
        .contains("cannot be read");
  }

  @Test
  void aKindThatNobodyKnowsIsFound() {
    assertThat(
            Kinds.wrongIn(
                Map.of("apiVersion", "v1", "kind", "Servce", "metadata", Map.of("name", "a"))))
        .singleElement()
        .asString()
        .contains("Servce");
  }
}
