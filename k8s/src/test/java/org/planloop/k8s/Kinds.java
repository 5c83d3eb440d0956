package org.planloop.k8s;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a document is what its kind says: fields that there are, of the types that they have. */
final class Kinds {
  /** Of other projects, whose schemas are not here. */
  private static final Set<String> FOREIGN =
      Set.of(
          "cert-manager.io/v1 Issuer",
          "cert-manager.io/v1 Certificate",
          "monitoring.coreos.com/v1 PodMonitor",
          "monitoring.coreos.com/v1 PrometheusRule",
          "kueue.x-k8s.io/v1beta1 LocalQueue");

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Kinds() {}

  /** Returns what is wrong; nothing, if all is well. */
  static List<String> wrongIn(Map<String, Object> object) {
    List<String> wrong = new ArrayList<>();
    JsonNode source = JSON.valueToTree(object);
    Object typed;
    try {
      typed = new KubernetesSerialization().unmarshal(source.toString(), KubernetesResource.class);
    } catch (RuntimeException e) {
      return List.of("cannot be read: " + e.getMessage());
    }
    if (typed instanceof GenericKubernetesResource generic) {
      String kind = generic.getApiVersion() + " " + generic.getKind();
      return FOREIGN.contains(kind) ? List.of() : List.of("nobody knows the kind " + kind);
    }
    unknown(typed, object.get("kind") + "", wrong);
    return wrong;
  }

  private static void unknown(@Nullable Object value, String path, List<String> wrong) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> unknown(inner, path + "." + key, wrong));
    } else if (value instanceof Collection<?> all) {
      int i = 0;
      for (Object inner : all) {
        unknown(inner, path + "[" + i++ + "]", wrong);
      }
    } else if (value != null && value.getClass().getName().startsWith("io.fabric8.")) {
      for (Method getter : value.getClass().getMethods()) {
        if (getter.getName().startsWith("get")
            && getter.getParameterCount() == 0
            && getter.getDeclaringClass() == value.getClass()) {
          Object inner = get(value, getter);
          if (!getter.getName().equals("getAdditionalProperties")) {
            unknown(inner, path + "." + getter.getName().substring(3), wrong);
          } else if (inner instanceof Map<?, ?> more) {
            more.keySet().forEach(key -> wrong.add(path + ": no field is called " + key));
          }
        }
      }
    }
  }

  private static @Nullable Object get(Object value, Method getter) {
    try {
      return getter.invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(getter + " cannot be asked", e);
    }
  }
}
