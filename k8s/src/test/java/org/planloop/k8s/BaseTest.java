package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class BaseTest {
  private static final Path BASE = Path.of("base");

  @Test
  void kustomizationListsExactlyTheManifestsThatLieBesideIt() throws IOException {
    assertThat(strings(kustomization().get("resources")))
        .containsExactlyInAnyOrderElementsOf(manifestNames());
  }

  @Test
  void everyObjectHasAKindAnApiVersionAndAName() throws IOException {
    for (String file : manifestNames()) {
      for (Map<String, Object> object : objects(file)) {
        assertThat(object).as(file).containsKeys("apiVersion", "kind", "metadata");
        assertThat(name(object)).as(file).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
      }
    }
  }

  @Test
  void noTwoObjectsOfOneKindShareAName() throws IOException {
    List<String> identities = new ArrayList<>();
    for (String file : manifestNames()) {
      objects(file).forEach(object -> identities.add(object.get("kind") + "/" + name(object)));
    }
    assertThat(identities).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void theNamespaceOfTheKustomizationIsTheOneItMakes() throws IOException {
    List<String> namespaces = new ArrayList<>();
    for (String file : manifestNames()) {
      objects(file).stream()
          .filter(object -> "Namespace".equals(object.get("kind")))
          .forEach(object -> namespaces.add(name(object)));
    }
    assertThat(namespaces).containsExactly(String.valueOf(kustomization().get("namespace")));
  }

  private static List<String> manifestNames() throws IOException {
    try (Stream<Path> files = Files.list(BASE)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".yaml") && !file.equals("kustomization.yaml"))
          .sorted()
          .toList();
    }
  }

  private static Map<String, Object> kustomization() throws IOException {
    return objects("kustomization.yaml").get(0);
  }

  private static List<Map<String, Object>> objects(String file) throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(BASE.resolve(file))) {
      new Yaml(new SafeConstructor(new LoaderOptions()))
          .loadAll(reader)
          .forEach(document -> objects.add(map(document)));
    }
    return objects;
  }

  private static String name(Map<String, Object> object) {
    return String.valueOf(map(object.get("metadata")).get("name"));
  }

  @SuppressWarnings("unchecked") // YAML's mappings have string keys here, or the test fails
  private static Map<String, Object> map(Object document) {
    assertThat(document).isInstanceOf(Map.class);
    return (Map<String, Object>) document;
  }

  private static List<String> strings(Object list) {
    assertThat(list).isInstanceOf(List.class);
    return ((List<?>) list).stream().map(String::valueOf).toList();
  }
}
