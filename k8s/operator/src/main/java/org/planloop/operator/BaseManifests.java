package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of {@code k8s/base} and {@code k8s/campaign}, as they lie in this jar, with the
 * labels that the kustomization adds. Namespaces and priority classes are the cluster's.
 */
final class BaseManifests {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  /** As JSON, which is read much faster. */
  private static final List<String> DOCUMENTS = read().stream().map(YAML::asJson).toList();

  private BaseManifests() {}

  /** All objects that a campaign has; new ones at each call. */
  static List<HasMetadata> all() {
    List<HasMetadata> objects = new ArrayList<>();
    DOCUMENTS.forEach(document -> objects.add(YAML.unmarshal(document, HasMetadata.class)));
    return objects;
  }

  private static List<HasMetadata> read() {
    Map<?, ?> kustomization = YAML.unmarshal(text("base/kustomization.yaml"), Map.class);
    List<String> files = new ArrayList<>();
    list(kustomization.get("resources")).forEach(file -> files.add("base/" + file));
    files.add("status-access.yaml");
    files.add("campaign/campaign.yaml");
    Map<String, String> labels = new HashMap<>();
    for (Object entry : list(kustomization.get("labels"))) {
      ((Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) entry).get("pairs")))
          .forEach((key, value) -> labels.put(String.valueOf(key), String.valueOf(value)));
    }
    List<HasMetadata> objects = new ArrayList<>();
    for (String file : files) {
      for (String document : text(file).split("(?m)^---$")) {
        HasMetadata object = YAML.unmarshal(document, HasMetadata.class);
        if (!(object instanceof Namespace) && !(object instanceof PriorityClass)) {
          Labels.add(object, labels);
          objects.add(object);
        }
      }
    }
    return objects;
  }

  private static List<?> list(@Nullable Object node) {
    return (List<?>) Objects.requireNonNull(node);
  }

  private static String text(String file) {
    try (InputStream stream = BaseManifests.class.getResourceAsStream(file)) {
      return new String(
          Objects.requireNonNull(stream, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
