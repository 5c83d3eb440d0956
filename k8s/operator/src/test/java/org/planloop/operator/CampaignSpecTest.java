package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CampaignSpecTest {
  private static JsonNode schema() throws IOException {
    Map<?, ?> crd =
        new KubernetesSerialization()
            .unmarshal(Files.readString(Path.of("../overlays/operator/crd.yaml")), Map.class);
    return new ObjectMapper()
        .valueToTree(crd)
        .at("/spec/versions/0/schema/openAPIV3Schema/properties");
  }

  private static void same(Class<? extends Record> type, JsonNode properties) {
    Map<String, String> ofClass = new TreeMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (!component.getName().equals("unknown")) {
        ofClass.put(component.getName(), kind(component.getType()));
      }
    }
    Map<String, String> ofSchema = new TreeMap<>();
    properties
        .properties()
        .forEach(field -> ofSchema.put(field.getKey(), field.getValue().path("type").asText()));
    assertThat(ofClass).as(type.getSimpleName()).isEqualTo(ofSchema);
  }

  private static String kind(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "String" -> "string";
      case "Integer", "Long" -> "integer";
      case "Double" -> "number";
      case "Boolean" -> "boolean";
      case "List" -> "array";
      default -> "object";
    };
  }

  @Test
  void classesAndSchemaHaveTheSameFieldsOfTheSameTypes() throws IOException {
    JsonNode spec = schema().at("/spec/properties");
    same(CampaignSpec.class, spec);
    same(CampaignSpec.Workers.class, spec.at("/workers/properties"));
    same(CampaignSpec.Trainer.class, spec.at("/trainer/properties"));
    same(CampaignSpec.Replay.class, spec.at("/replay/properties"));
    same(CampaignStatus.class, schema().at("/status/properties"));
  }

  @Test
  void fieldsOfANewerVersionAreNamedAndKept() {
    Campaign campaign =
        Campaigns.of(
            "a",
            "{experiment: e, evaluation: {episodes: 3}, workers: {spot: true}, trainer: {gpu: 1},"
                + " replay: {tier: cold}, volumes: Snapshot}");
    assertThat(campaign.wanted().strange())
        .containsExactly(
            "spec.evaluation",
            "spec.workers.spot",
            "spec.trainer.gpu",
            "spec.replay.tier",
            "spec.volumes: Snapshot");
    ObjectNode written = (ObjectNode) Campaigns.tree(campaign).get("spec");
    assertThat(written.at("/evaluation/episodes").asInt()).isEqualTo(3);
    assertThat(written.at("/workers/spot").asBoolean()).isTrue();
    assertThat(fields(written))
        .containsExactly("evaluation", "experiment", "replay", "trainer", "volumes", "workers");
  }

  private static Set<String> fields(ObjectNode node) {
    Set<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void whatIsNotSaidIsNotWritten() {
    Campaign campaign = Campaigns.of("a", "{experiment: e}");
    assertThat(campaign.wanted().strange()).isEmpty();
    assertThat(campaign.wanted().shards()).isEqualTo(1);
    assertThat(campaign.wanted().suspended()).isFalse();
    assertThat(Campaigns.tree(campaign).get("spec")).hasToString("{\"experiment\":\"e\"}");
    assertThat(Campaigns.tree(campaign).has("status")).isFalse();
  }

  @Test
  void everyProblemIsAConditionOfItsOwn() {
    assertThat(
            Arrays.stream(Problem.Kind.values())
                .map(Problem.Kind::type)
                .collect(Collectors.toSet()))
        .hasSameSizeAs(Problem.Kind.values());
  }
}
