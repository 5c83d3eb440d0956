package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading documents as they stand. */
final class Tree {
  private Tree() {}

  @SuppressWarnings("unchecked") // YAML's mappings have string keys here, or the test fails
  static Map<String, Object> map(@Nullable Object document) {
    assertThat(document).isInstanceOf(Map.class);
    return (Map<String, Object>) document;
  }

  @SuppressWarnings("unchecked") // as above
  static List<Object> list(@Nullable Object document) {
    assertThat(document).isInstanceOf(List.class);
    return (List<Object>) document;
  }

  /** What lies at the end of a path of keys; null if there is nothing. */
  static @Nullable Object at(@Nullable Object from, String... path) {
    Object here = from;
    for (String key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }
}
