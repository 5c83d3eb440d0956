package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What kustomize makes of a folder; without a network and without a cluster. */
record Rendered(String name, List<Map<String, Object>> objects) {
  /** Rendered once for all tests. */
  private static final class Once {
    private static final List<Rendered> ALL = renderAll();
  }

  /** Every overlay, and the campaign. */
  static List<Rendered> all() {
    Assumptions.assumeTrue(renderer().isPresent(), "neither kubectl nor kustomize is on the PATH");
    return Once.ALL;
  }

  private static List<Rendered> renderAll() {
    List<String> renderer = renderer().orElseThrow();
    try (Stream<Path> overlays = Files.list(Path.of("overlays"))) {
      return Stream.concat(overlays.sorted(), Stream.of(Path.of("campaign")))
          .map(folder -> render(renderer, folder))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<List<String>> renderer() {
    for (List<String> command :
        List.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize"))) {
      for (String folder : System.getenv("PATH").split(":", -1)) {
        if (Files.isExecutable(Path.of(folder, command.get(0)))) {
          return Optional.of(command);
        }
      }
    }
    return Optional.empty();
  }

  private static Rendered render(List<String> renderer, Path folder) {
    List<String> command = new ArrayList<>(renderer);
    command.add(folder.toString());
    try {
      Path errors = Files.createTempFile("kustomize", ".txt");
      Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
      Files.delete(errors);
      List<Map<String, Object>> objects = new ArrayList<>();
      new Yaml(new SafeConstructor(new LoaderOptions()))
          .loadAll(text)
          .forEach(document -> objects.add(Tree.map(document)));
      assertThat(objects).as(folder.toString()).isNotEmpty();
      return new Rendered(folder.toString(), objects);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The objects that make pods. */
  List<Map<String, Object>> workloads() {
    return objects.stream()
        .filter(object -> List.of("StatefulSet", "Deployment", "Job").contains(object.get("kind")))
        .toList();
  }

  /** What a message calls an object. */
  String called(Map<String, Object> object) {
    return name + ": " + object.get("kind") + " " + Tree.at(object, "metadata", "name");
  }
}
