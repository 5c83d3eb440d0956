package org.planloop.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.planloop.k8s.Tree.at;
import static org.planloop.k8s.Tree.list;
import static org.planloop.k8s.Tree.map;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds of every overlay, and of the campaign, as they are rendered. */
class ManifestsTest {
  private static final Path DEPLOY = Path.of("../deploy/src/main/java/org/planloop/deploy");

  private static final Path OPERATOR = Path.of("operator/src/main/java/org/planloop/operator");

  private static final List<Object> CLUSTER_WIDE =
      List.of(
          "Namespace",
          "PriorityClass",
          "CustomResourceDefinition",
          "ClusterRole",
          "ClusterRoleBinding");

  private static String namespace(Rendered rendered) {
    return rendered.name().endsWith("operator") ? "planloop-operator" : "planloop";
  }

  static Stream<Rendered> rendered() {
    return Rendered.all().stream();
  }

  private static Map<String, Object> podSpec(Map<String, Object> workload) {
    return map(at(workload, "spec", "template", "spec"));
  }

  private static List<Map<String, Object>> containers(Map<String, Object> workload) {
    return list(podSpec(workload).get("containers")).stream().map(Tree::map).toList();
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void everyObjectIsOfAKnownKindAndHasOnlyItsFields(Rendered rendered) {
    for (Map<String, Object> object : rendered.objects()) {
      assertThat(Kinds.wrongIn(object)).as(rendered.called(object)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void everyObjectIsLabelledAndInTheNamespace(Rendered rendered) {
    Set<String> known = new HashSet<>();
    for (Map<String, Object> object : rendered.objects()) {
      String called = rendered.called(object);
      assertThat(known.add(called)).as("twice: " + called).isTrue();
      assertThat(at(object, "metadata", "labels", "app.kubernetes.io/name"))
          .as(called)
          .isEqualTo("planloop");
      if (!CLUSTER_WIDE.contains(object.get("kind"))) {
        assertThat(at(object, "metadata", "namespace")).as(called).isEqualTo(namespace(rendered));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void podsAreRestricted(Rendered rendered) {
    assertThat(rendered.workloads()).isNotEmpty();
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      Map<String, Object> pod = podSpec(workload);
      assertThat(at(pod, "securityContext", "runAsNonRoot")).as(called).isEqualTo(true);
      assertThat(at(pod, "securityContext", "runAsUser")).as(called).isEqualTo(10001);
      assertThat(at(pod, "securityContext", "seccompProfile", "type"))
          .as(called)
          .isEqualTo("RuntimeDefault");
      if (!called.endsWith("Deployment operator")) {
        // All others ask the Kubernetes API for nothing.
        assertThat(pod.get("automountServiceAccountToken")).as(called).isEqualTo(false);
      }
      assertThat(pod).as(called).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
      for (Object volume : list(pod.get("volumes"))) {
        assertThat(map(volume)).as(called).doesNotContainKey("hostPath");
      }
      for (Map<String, Object> container : containers(workload)) {
        Map<String, Object> context = map(container.get("securityContext"));
        assertThat(context.get("allowPrivilegeEscalation")).as(called).isEqualTo(false);
        assertThat(context.get("readOnlyRootFilesystem")).as(called).isEqualTo(true);
        assertThat(at(context, "capabilities", "drop")).as(called).isEqualTo(List.of("ALL"));
        assertThat(context).as(called).doesNotContainKey("privileged");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void imagesAreOfThisVersion(Rendered rendered) throws IOException {
    Matcher version =
        Pattern.compile("<version>(.*?)</version>")
            .matcher(Files.readString(Path.of("../pom.xml")));
    assertThat(version.find()).isTrue();
    for (Map<String, Object> workload : rendered.workloads()) {
      for (Map<String, Object> container : containers(workload)) {
        assertThat(container.get("image"))
            .as(rendered.called(workload))
            .isIn("planloop:" + version.group(1), "planloop-cuda:" + version.group(1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void memoryIsLimitedAndTheCpuIsNot(Rendered rendered) {
    for (Map<String, Object> workload : rendered.workloads()) {
      for (Map<String, Object> container : containers(workload)) {
        String called = rendered.called(workload);
        assertThat(at(container, "resources", "requests", "cpu")).as(called).isNotNull();
        assertThat(at(container, "resources", "requests", "memory")).as(called).isNotNull();
        assertThat(at(container, "resources", "limits", "memory")).as(called).isNotNull();
        assertThat(at(container, "resources", "limits", "cpu")).as(called).isNull();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void probesAskForPagesThatThereAre(Rendered rendered) throws IOException {
    String pages = Files.readString(DEPLOY.resolve("http/NodePages.java"));
    for (Map<String, Object> workload : rendered.workloads()) {
      if (workload.get("kind").equals("Job")) {
        continue;
      }
      for (Map<String, Object> container : containers(workload)) {
        Set<Object> paths = new HashSet<>();
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
          Object path = at(container, probe, "httpGet", "path");
          assertThat(pages).as(rendered.called(workload)).contains("\"" + path + "\"");
          assertThat(at(container, probe, "httpGet", "port")).isEqualTo("http");
          assertThat(at(container, probe, "timeoutSeconds")).isEqualTo(7);
          paths.add(path);
        }
        assertThat(paths).hasSize(3);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void argumentsAreOptionsThatThereAre(Rendered rendered) throws IOException {
    String options =
        Files.readString(DEPLOY.resolve("cli/NodeCommand.java"))
            + Files.readString(DEPLOY.resolve("cli/TrainCommand.java"))
            + Files.readString(DEPLOY.resolve("cli/ClusterOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/ClassPathOption.java"))
            + Files.readString(DEPLOY.resolve("cli/ObjectStoreOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/StoreAccessOptions.java"))
            + Files.readString(DEPLOY.resolve("cli/ExperimentOptions.java"))
            + Files.readString(OPERATOR.resolve("OperatorCommand.java"));
    for (Map<String, Object> workload : rendered.workloads()) {
      for (Map<String, Object> container : containers(workload)) {
        String called = rendered.called(workload);
        Set<Object> known = new HashSet<>();
        list(container.get("env")).forEach(variable -> known.add(map(variable).get("name")));
        for (Object argument : list(container.get("args"))) {
          String text = String.valueOf(argument);
          if (text.startsWith("--")) {
            assertThat(options).as(called).contains("\"" + text.split("=", 2)[0] + "\"");
          }
          Matcher used = Pattern.compile("\\$\\((\\w+)\\)").matcher(text);
          while (used.find()) {
            assertThat(known).as(called + ": " + text).contains(used.group(1));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void nodesLogForThoseWhoCollect(Rendered rendered) throws IOException {
    assertThat(Files.readString(DEPLOY.resolve("cli/LogFormat.java")))
        .contains("VARIABLE = \"PLANLOOP_LOG_FORMAT\"")
        .contains("case \"json\"");
    for (Map<String, Object> workload : rendered.workloads()) {
      if (!workload.get("kind").equals("Job")) {
        for (Map<String, Object> container : containers(workload)) {
          assertThat(list(container.get("env")))
              .as(rendered.called(workload))
              .contains(Map.of("name", "PLANLOOP_LOG_FORMAT", "value", "json"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void whatAPodNamesIsThere(Rendered rendered) throws IOException {
    String secrets = Files.readString(Path.of("secrets.sh"));
    String byHand = Files.readString(Path.of("components/extensions/kustomization.yaml"));
    List<String> names = new ArrayList<>();
    Rendered.all()
        .forEach(
            other ->
                other.objects().stream()
                    .filter(object -> other.name().equals(rendered.name()) || base(object))
                    .forEach(
                        object ->
                            names.add(object.get("kind") + " " + at(object, "metadata", "name"))));
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      Map<String, Object> pod = podSpec(workload);
      assertThat(names).as(called).contains("ServiceAccount " + pod.get("serviceAccountName"));
      assertThat(names).as(called).contains("PriorityClass " + pod.get("priorityClassName"));
      Set<Object> volumes = new HashSet<>();
      for (Object volume : list(pod.get("volumes"))) {
        volumes.add(map(volume).get("name"));
        Object secret = at(volume, "secret", "secretName");
        if (secret != null) {
          assertThat(secrets).as(called).contains("secret " + secret + " ");
          // Node and endpoint refuse or warn of what every user can read.
          assertThat(at(volume, "secret", "defaultMode")).as(called).isEqualTo(0440);
        }
        Object map = at(volume, "configMap", "name");
        if (map != null && !byHand.contains("create configmap " + map + " ")) {
          assertThat(names).as(called).contains("ConfigMap " + map);
        }
      }
      if (workload.get("kind").equals("StatefulSet")) {
        volumes.add("data");
        assertThat(names).contains("Service " + at(workload, "spec", "serviceName"));
      }
      for (Map<String, Object> container : containers(workload)) {
        for (Object mount : list(container.get("volumeMounts"))) {
          assertThat(volumes).as(called).contains(map(mount).get("name"));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void whoIsToCopyIsToldWhereAndMaySpeakToTheStore(Rendered rendered) {
    boolean copies = rendered.name().endsWith("object-store");
    for (Map<String, Object> workload : rendered.workloads()) {
      String called = rendered.called(workload);
      boolean keeps = copies && workload.get("kind").equals("StatefulSet");
      for (Map<String, Object> container : containers(workload)) {
        assertThat(list(container.get("args")).contains("--object-store=$(OBJECT_STORE)"))
            .as(called)
            .isEqualTo(keeps);
        assertThat(String.valueOf(container.get("envFrom")))
            .as(called)
            .isEqualTo(keeps ? "[{secretRef={name=planloop-object-store}}]" : "null");
        for (Object variable : list(container.get("env"))) {
          Object map = at(variable, "valueFrom", "configMapKeyRef", "name");
          if (map != null) {
            Object key = at(variable, "valueFrom", "configMapKeyRef", "key");
            assertThat(rendered.objects())
                .as(called)
                .anySatisfy(
                    object -> {
                      assertThat(at(object, "metadata", "name")).isEqualTo(map);
                      assertThat(at(object, "data", String.valueOf(key))).isNotNull();
                    });
          }
        }
      }
    }
    assertThat(rendered.objects().stream().map(rendered::called))
        .filteredOn(called -> called.endsWith("NetworkPolicy object-store"))
        .hasSize(copies ? 1 : 0);
  }

  /** Kustomize does not let an overlay take single files of a base. */
  @Test
  void theOperatorsPriorityClassesAreThoseOfTheBase() {
    Map<String, Set<Object>> classes = new HashMap<>();
    for (Rendered rendered : Rendered.all()) {
      for (Map<String, Object> object : rendered.objects()) {
        if (object.get("kind").equals("PriorityClass")) {
          Map<String, Object> told = new HashMap<>(object);
          told.remove("metadata");
          classes
              .computeIfAbsent(String.valueOf(at(object, "metadata", "name")), n -> new HashSet<>())
              .add(told);
        }
      }
    }
    assertThat(classes).containsOnlyKeys("planloop-core", "planloop-worker");
    assertThat(classes.values()).allSatisfy(same -> assertThat(same).hasSize(1));
  }

  /** What every overlay has, and the campaign relies on. */
  private static boolean base(Map<String, Object> object) {
    return List.of("ServiceAccount", "PriorityClass").contains(object.get("kind"));
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void selectorsFindTheirPods(Rendered rendered) {
    List<Map<String, Object>> pods =
        rendered.workloads().stream()
            .map(workload -> map(at(workload, "spec", "template", "metadata", "labels")))
            .toList();
    for (Map<String, Object> object : rendered.objects()) {
      Object selector =
          switch (String.valueOf(object.get("kind"))) {
            case "Service" -> at(object, "spec", "selector");
            case "StatefulSet", "Deployment", "PodDisruptionBudget", "PodMonitor" ->
                at(object, "spec", "selector", "matchLabels");
            case "NetworkPolicy" -> at(object, "spec", "podSelector", "matchLabels");
            default -> null;
          };
      if (selector != null) {
        assertThat(pods)
            .as(rendered.called(object))
            .anySatisfy(labels -> assertThat(labels).containsAllEntriesOf(map(selector)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void alertsAreAboutMetricsThatThereAre(Rendered rendered) throws IOException {
    String documented = Files.readString(Path.of("../docs/metrics.md"));
    for (Map<String, Object> object : rendered.objects()) {
      if (object.get("kind").equals("PrometheusRule")) {
        Matcher used = Pattern.compile("planloop_\\w+").matcher(object.toString());
        int found = 0;
        while (used.find()) {
          assertThat(documented).contains("`" + used.group() + "`");
          found++;
        }
        assertThat(found).isPositive();
      }
    }
  }
}
