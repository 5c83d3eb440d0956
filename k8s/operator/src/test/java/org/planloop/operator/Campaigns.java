package org.planloop.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Campaigns as a user writes them. */
final class Campaigns {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Campaigns() {}

  /** With a spec in YAML's flow style. */
  static Campaign of(String name, String spec) {
    Campaign campaign =
        YAML.unmarshal(
            "apiVersion: planloop.org/v1alpha1\nkind: Campaign\nmetadata: {name: "
                + name
                + ", namespace: lab, uid: uid-"
                + name
                + ", generation: 1}\nspec: "
                + spec
                + "\n",
            Campaign.class);
    return campaign;
  }

  static Campaign plain(String name) {
    return of(name, "{experiment: 'name = e', workers: {replicas: 2}}");
  }

  static <T> T object(String yaml, Class<T> type) {
    return YAML.unmarshal("---\n" + yaml, type);
  }

  static JsonNode tree(Object object) {
    return YAML.convertValue(object, JsonNode.class);
  }

  static Campaign copy(Campaign campaign) {
    return YAML.clone(campaign);
  }
}
