package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RenderingTest {
  private static final Rendering RENDERING = new Rendering("planloop:1", "ops");

  private static Map<String, HasMetadata> render(Campaign campaign) {
    return RENDERING.of(campaign, Scale.full(campaign.wanted())).stream()
        .collect(
            Collectors.toMap(
                object -> object.getKind() + "/" + object.getMetadata().getName(),
                object -> object));
  }

  @Test
  void everythingHasItsNameItsOwnerAndItsLabel() {
    Map<String, HasMetadata> all = render(Campaigns.plain("pole"));
    assertThat(all)
        .containsOnlyKeys(
            "ServiceAccount/pole-trainer",
            "ServiceAccount/pole-replay",
            "ServiceAccount/pole-worker",
            "ServiceAccount/pole-client",
            "Service/pole",
            "StatefulSet/pole-trainer",
            "StatefulSet/pole-replay",
            "Deployment/pole-worker",
            "PodDisruptionBudget/pole-trainer",
            "PodDisruptionBudget/pole-replay",
            "PodDisruptionBudget/pole-worker",
            "NetworkPolicy/pole-deny-all",
            "NetworkPolicy/pole-among-nodes",
            "NetworkPolicy/pole-names",
            "NetworkPolicy/pole-operator",
            "ConfigMap/pole-experiment",
            "Job/pole-client");
    for (HasMetadata object : all.values()) {
      assertThat(object.getMetadata().getNamespace()).isEqualTo("lab");
      assertThat(object.getMetadata().getLabels()).containsEntry(Campaign.LABEL, "pole");
      assertThat(object.getMetadata().getOwnerReferences())
          .singleElement()
          .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("uid-pole"))
          .satisfies(owner -> assertThat(owner.getController()).isTrue());
      Labels.template(object)
          .ifPresent(
              template ->
                  assertThat(template.getMetadata().getLabels())
                      .containsEntry(Campaign.LABEL, "pole")
                      .containsEntry("app.kubernetes.io/part-of", "planloop"));
    }
  }

  @Test
  void everySelectorIsNarrowedToTheCampaign() {
    int found = 0;
    for (HasMetadata object : render(Campaigns.plain("pole")).values()) {
      found += selectors(Campaigns.tree(object), object.getMetadata().getName());
    }
    assertThat(found).isGreaterThan(20);
  }

  /** Counts the selectors below a node, and holds each against the rule. */
  private static int selectors(JsonNode node, String of) {
    int found = 0;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      JsonNode value = field.getValue();
      boolean service = field.getKey().equals("selector") && !value.has("matchLabels");
      if (service || field.getKey().equals("matchLabels")) {
        boolean operator =
            value.has("kubernetes.io/metadata.name") || value.toString().contains("\"operator\"");
        assertThat(value.path(Campaign.LABEL).asText()).as(of).isEqualTo(operator ? "" : "pole");
        found++;
      } else {
        found += selectors(value, of);
      }
    }
    if (node.isArray()) {
      for (JsonNode one : node) {
        found += selectors(one, of);
      }
    }
    return found;
  }

  @Test
  void nothingIsLeftOfTheBasesHostNames() {
    String all =
        render(Campaigns.plain("pole")).values().stream()
            .map(Serialization::asJson)
            .collect(Collectors.joining("\n"));
    assertThat(all).doesNotContain(".planloop.", "planloop-tls", "planloop-http", "JOB_UID");
    assertThat(all)
        .contains(
            "--seeds=pole-trainer-0.pole.$(POD_NAMESPACE).svc,pole-replay-0.pole.$(POD_NAMESPACE).svc")
        .contains("--bind=$(POD_NAME).pole.$(POD_NAMESPACE).svc")
        .contains("--bind={address}.pole.$(POD_NAMESPACE).svc")
        .contains("--client-bind={address}.pole.$(POD_NAMESPACE).svc");
  }

  @Test
  void whatTheCampaignSaysIsThere() {
    Campaign campaign =
        Campaigns.of(
            "c",
            "{experimentConfigMap: mine, image: 'reg/p:2', imagePullPolicy: Never, backoffLimit: 3,"
                + " volumes: Delete, storageClassName: fast, tlsSecret: my-tls, httpSecret: my-http,"
                + " workers: {replicas: 7, nodeSelector: {zone: b}, resources: {requests: {cpu:"
                + " 3}}}, trainer: {storage: 1Gi, resources: {limits: {memory: 9Gi}}}, replay:"
                + " {shards: 3, storage: 2Gi, resources: {limits: {memory: 5Gi}}}}");
    Map<String, HasMetadata> all = render(campaign);
    assertThat(all).doesNotContainKey("ConfigMap/c-experiment");
    Deployment worker = (Deployment) all.get("Deployment/c-worker");
    assertThat(worker.getSpec().getReplicas()).isEqualTo(7);
    PodTemplateSpec pod = worker.getSpec().getTemplate();
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("zone", "b");
    assertThat(pod.getSpec().getContainers().get(0).getImage()).isEqualTo("reg/p:2");
    assertThat(pod.getSpec().getContainers().get(0).getImagePullPolicy()).isEqualTo("Never");
    assertThat(pod.getSpec().getContainers().get(0).getResources().getRequests().get("cpu"))
        .hasToString("3");
    assertThat(Serialization.asJson(pod)).contains("my-tls", "my-http").doesNotContain("c-tls");
    StatefulSet replay = (StatefulSet) all.get("StatefulSet/c-replay");
    assertThat(replay.getSpec().getReplicas()).isEqualTo(3);
    assertThat(replay.getSpec().getServiceName()).isEqualTo("c");
    assertThat(replay.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
        .isEqualTo("Delete");
    assertThat(replay.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
        .isEqualTo("Retain");
    assertThat(Serialization.asJson(replay.getSpec().getVolumeClaimTemplates()))
        .contains("\"2Gi\"", "\"fast\"");
    StatefulSet trainer = (StatefulSet) all.get("StatefulSet/c-trainer");
    assertThat(Serialization.asJson(trainer)).contains("\"9Gi\"", "\"1Gi\"");
    Job job = (Job) all.get("Job/c-client");
    assertThat(job.getSpec().getBackoffLimit()).isEqualTo(3);
    assertThat(job.getSpec().getTemplate().getSpec().getContainers().get(0).getArgs())
        .contains("--set=replay.shards=3", "--submission=lab/c/configmap:mine");
    assertThat(Serialization.asJson(job)).contains("\"name\":\"mine\"");
  }

  @Test
  void theExperimentIsTakenAsItIs() {
    ConfigMap map = (ConfigMap) render(Campaigns.plain("a")).get("ConfigMap/a-experiment");
    assertThat(map.getData()).containsExactly(Map.entry("experiment.conf", "name = e"));
  }

  @Test
  void aSubmissionIsTheSameForTheSameExperimentAlone() {
    Names names = new Names("lab", "a");
    assertThat(names.submission(Campaigns.plain("a").wanted()))
        .isEqualTo(names.submission(Campaigns.of("a", "{experiment: 'name = e'}").wanted()))
        .isNotEqualTo(names.submission(Campaigns.of("a", "{experiment: 'name = f'}").wanted()));
  }

  @Test
  void theSameCampaignIsRenderedTheSame() {
    List<HasMetadata> once = RENDERING.of(Campaigns.plain("a"), Scale.full(CampaignSpec.EMPTY));
    List<HasMetadata> twice = RENDERING.of(Campaigns.plain("a"), Scale.full(CampaignSpec.EMPTY));
    assertThat(Serialization.asJson(once)).isEqualTo(Serialization.asJson(twice));
  }

  @Test
  void anotherImageIsAnotherJobAndMoreWorkersAreNot() {
    String one = annotation(Campaigns.plain("a"));
    assertThat(annotation(Campaigns.of("a", "{experiment: 'name = e', workers: {replicas: 9}}")))
        .isEqualTo(one);
    assertThat(annotation(Campaigns.of("a", "{experiment: 'name = e', image: 'p:2'}")))
        .isNotEqualTo(one);
  }

  private static String annotation(Campaign campaign) {
    return render(campaign)
        .get("Job/a-client")
        .getMetadata()
        .getAnnotations()
        .get(Rendering.TEMPLATE);
  }
}
