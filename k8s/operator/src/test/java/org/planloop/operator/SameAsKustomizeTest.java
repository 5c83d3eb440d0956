package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The operator and kustomize render the same base. */
class SameAsKustomizeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper SORTED =
      JsonMapper.builder()
          .enable(
              SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT)
          .build();

  @Test
  void butForNamesLabelsOwnersAndTheExperiment() throws Exception {
    Map<String, JsonNode> operator = ofOperator();
    Map<String, JsonNode> kustomize = ofKustomize();
    assertThat(operator.keySet()).isEqualTo(kustomize.keySet());
    for (String object : operator.keySet()) {
      assertThat(text(operator.get(object))).as(object).isEqualTo(text(kustomize.get(object)));
    }
  }

  /** Sorted, so that a difference can be read. */
  private static String text(JsonNode tree) throws IOException {
    return SORTED.writeValueAsString(SORTED.treeToValue(tree, Object.class));
  }

  private static Map<String, JsonNode> ofOperator() throws IOException {
    Campaign campaign = Campaigns.of("x", "{experiment: E}");
    campaign.getMetadata().setNamespace("planloop");
    Map<String, JsonNode> all = new TreeMap<>();
    for (HasMetadata object :
        new Rendering("planloop:0.1.0-SNAPSHOT", "planloop-operator")
            .of(campaign, Scale.full(campaign.wanted()))) {
      if (!object.getMetadata().getName().equals("x-operator")) {
        ObjectNode tree = (ObjectNode) plain(Campaigns.tree(object));
        strip(tree);
        all.put(key(tree), tree);
      }
    }
    return all;
  }

  /** Takes back what the operator changes, and nothing else. */
  private static void strip(ObjectNode tree) {
    ObjectNode metadata = (ObjectNode) tree.get("metadata");
    metadata.remove("ownerReferences");
    String kind = tree.get("kind").asText();
    if (kind.equals("Job") || kind.equals("ConfigMap")) {
      metadata.remove("annotations");
      metadata.put("name", "campaign");
    }
    if (kind.equals("StatefulSet")) {
      // What the API server adds by itself.
      ((ObjectNode) tree.at("/spec/volumeClaimTemplates/0")).remove(List.of("apiVersion", "kind"));
    }
    if (kind.equals("ConfigMap")) {
      tree.remove("data");
    }
    if (kind.equals("Job")) {
      ObjectNode container = (ObjectNode) tree.at("/spec/template/spec/containers/0");
      ArrayNode args = (ArrayNode) container.get("args");
      assertThat(args.remove(args.size() - 1).asText()).isEqualTo("--set=replay.shards=1");
      args.set(2, new TextNode("--submission=$(JOB_UID)"));
    }
  }

  /** Names, labels and empty selectors as they stand in the base. */
  private static JsonNode plain(JsonNode node) {
    if (node.isTextual()) {
      return new TextNode(base(node.asText()));
    }
    if (node.isArray()) {
      ArrayNode array = JSON.createArrayNode();
      node.forEach(one -> array.add(plain(one)));
      return array;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode object = JSON.createObjectNode();
    node.properties()
        .forEach(
            field -> {
              JsonNode value = plain(field.getValue());
              boolean emptied = field.getKey().equals("matchLabels") && value.isEmpty();
              if (!field.getKey().equals(Campaign.LABEL) && !emptied) {
                object.set(field.getKey(), value);
              }
            });
    return object;
  }

  private static String base(String text) {
    if (text.equals("x")) {
      return "planloop";
    }
    if (text.startsWith("--") || text.startsWith("{address}")) {
      return text.replace("x-trainer-0.x.", "trainer-0.planloop.")
          .replace("x-replay-0.x.", "replay-0.planloop.")
          .replace(".x.$(", ".planloop.$(");
    }
    return switch (text) {
      case "x-tls" -> "planloop-tls";
      case "x-http" -> "planloop-http";
      case "x-experiment" -> "campaign";
      default -> text.startsWith("x-") ? text.substring(2) : text;
    };
  }

  private static String key(JsonNode tree) {
    return tree.get("kind").asText() + "/" + tree.at("/metadata/name").asText();
  }

  private static Map<String, JsonNode> ofKustomize() throws Exception {
    Map<String, JsonNode> all = new TreeMap<>();
    for (String folder : List.of("../base", "../campaign")) {
      for (Object document :
          new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(rendered(folder))) {
        ObjectNode tree = JSON.valueToTree(document);
        String kind = tree.get("kind").asText();
        if (Set.of("Namespace", "PriorityClass").contains(kind)) {
          continue;
        }
        if (kind.equals("ConfigMap")) {
          tree.remove("data");
        }
        if (kind.equals("Job")) {
          ArrayNode env = (ArrayNode) tree.at("/spec/template/spec/containers/0/env");
          int uid = -1;
          for (int i = 0; i < env.size(); i++) {
            uid = env.get(i).get("name").asText().equals("JOB_UID") ? i : uid;
          }
          env.remove(uid);
        }
        all.put(key(tree), tree);
      }
    }
    assertThat(all).hasSizeGreaterThan(10);
    return all;
  }

  private static String rendered(String folder) throws Exception {
    List<String> command = new ArrayList<>();
    for (List<String> known :
        List.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize"))) {
      for (String place : System.getenv("PATH").split(":", -1)) {
        if (command.isEmpty() && Files.isExecutable(Path.of(place, known.get(0)))) {
          command.addAll(known);
        }
      }
    }
    Assumptions.assumeFalse(command.isEmpty(), "neither kubectl nor kustomize is on the PATH");
    command.add(folder);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return text;
  }
}
